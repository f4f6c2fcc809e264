package org.roadloop.core.clearing;

import java.util.List;

/**
 * One price of a {@link Tariff} (计价模型). Money is integer: thousandths of the currency's main unit.
 *
 * <p>Rounding: a step that is started is charged whole, and steps count over the whole quantity of
 * the agreement (or of the month, where the price says so), never use by use. All arithmetic is
 * exact; what does not fit 64 bits throws {@link ArithmeticException} and is not booked.
 */
public sealed interface Price {
    /** The most that one step, period, minimum or cap may be: a million millions. */
    long MOST_MILLI = 1_000_000_000_000_000L;

    /** Name in JSON: {@code steps}, {@code tiered}, {@code auction}, … */
    String model();

    int MOST_TIERS = 100;

    /** A price of what a meter counts. */
    sealed interface Metered extends Price {
        /** The unit of {@link UsageRecord}. */
        String unit();

        /** Flavour of the compute that was used; empty: any that has no price of its own. */
        String flavour();

        /** So many units are one step. */
        long per();

        /** Of one step: the first tier's, where there are several. */
        long milli();

        /** True if the quantity counts from 0 again each calendar month. */
        boolean monthly();

        /**
         * Charge for a whole quantity, from 0. Never falls as the quantity grows.
         *
         * @throws ArithmeticException if it is beyond 64 bits
         */
        long amountMilli(long quantity);
    }

    /** {@code milli} for every started {@code per} units (按次、按字节、按行、按算力秒). */
    record PerUnit(String unit, String flavour, long per, long milli) implements Metered {
        public PerUnit {
            checkStep(unit, per, milli);
        }

        public PerUnit(String unit, long per, long milli) {
            this(unit, "", per, milli);
        }

        @Override
        public String model() {
            return "steps";
        }

        @Override
        public boolean monthly() {
            return false;
        }

        @Override
        public long amountMilli(long quantity) {
            return steps(quantity, per, milli);
        }
    }

    /** The price an auction found (拍卖成交价), {@link Auction}; else as {@link PerUnit}. */
    record Auctioned(String auction, String unit, String flavour, long per, long milli)
            implements Metered {
        public Auctioned {
            checkStep(unit, per, milli);
            if (auction.isEmpty()) {
                throw new IllegalArgumentException("an auctioned price names its auction");
            }
        }

        @Override
        public String model() {
            return "auction";
        }

        @Override
        public boolean monthly() {
            return false;
        }

        @Override
        public long amountMilli(long quantity) {
            return steps(quantity, per, milli);
        }
    }

    /**
     * A price that depends on how much is used (阶梯价).
     *
     * @param volume false: graduated, each tier's part at its own price; true: the whole quantity
     *     at the price of the tier it reaches, yet never less than the end of a tier before it
     *     costs
     * @param tiers by rising end; the last has no end
     */
    record Tiered(
            String unit,
            String flavour,
            long per,
            boolean monthly,
            boolean volume,
            List<Tier> tiers)
            implements Metered {
        public Tiered {
            tiers = List.copyOf(tiers);
            if (tiers.size() > MOST_TIERS) {
                throw new IllegalArgumentException(
                        tiers.size()
                                + " tiers: at most "
                                + MOST_TIERS
                                + ", they are gone through for each use");
            }
            if (tiers.isEmpty() || tiers.getLast().upTo() != Tier.OPEN) {
                throw new IllegalArgumentException("the last tier must be open: no upTo");
            }
            long before = 0;
            for (Tier tier : tiers) {
                checkStep(unit, per, tier.milli());
                if (tier.upTo() <= before || tier.upTo() != Tier.OPEN && tier.upTo() % per != 0) {
                    throw new IllegalArgumentException(
                            "tier up to "
                                    + tier.upTo()
                                    + " "
                                    + unit
                                    + ": ends rise and are multiples of per "
                                    + per);
                }
                before = tier.upTo();
            }
        }

        @Override
        public String model() {
            return "tiered";
        }

        @Override
        public long milli() {
            return tiers.getFirst().milli();
        }

        @Override
        public long amountMilli(long quantity) {
            long amount = 0;
            long before = 0;
            for (Tier tier : tiers) {
                long end = Math.min(quantity, tier.upTo());
                if (volume) {
                    amount = Math.max(amount, steps(end, per, tier.milli()));
                } else {
                    amount = Math.addExact(amount, steps(end - before, per, tier.milli()));
                }
                if (quantity <= tier.upTo()) {
                    break;
                }
                before = tier.upTo();
            }
            return amount;
        }
    }

    /**
     * @param upTo last unit of the tier, a multiple of the step; {@link #OPEN} for no end
     * @param milli for each started step
     */
    record Tier(long upTo, long milli) {
        public static final long OPEN = Long.MAX_VALUE;
    }

    /**
     * A fee for each started day or month from the agreement's first day (订阅), due on the first day
     * of the period, in the tariff's time zone. No part of it is paid back when the contract ends.
     */
    record Subscription(Every every, long milli) implements Price {
        public Subscription {
            if (milli < 0 || milli > MOST_MILLI) {
                throw new IllegalArgumentException(
                        "subscription of " + milli + ": milli is 0 to " + MOST_MILLI);
            }
        }

        @Override
        public String model() {
            return "subscription";
        }
    }

    enum Every {
        DAY,
        MONTH
    }

    /**
     * What a calendar month costs at least and at most (保底与封顶), over all other prices. What is
     * above the cap is given back on the day it is exceeded; what is below the minimum is charged
     * on the last day of the month, for a month that the agreement was in force at its end.
     *
     * @param capMilli {@link Long#MAX_VALUE} for none
     */
    record MonthlyBounds(long minimumMilli, long capMilli) implements Price {
        public MonthlyBounds {
            if (minimumMilli < 0 || capMilli < minimumMilli || minimumMilli > MOST_MILLI) {
                throw new IllegalArgumentException(
                        "minimum "
                                + minimumMilli
                                + " and cap "
                                + capMilli
                                + ": 0 ≤ minimum ≤ cap, and minimum ≤ "
                                + MOST_MILLI);
            }
        }

        @Override
        public String model() {
            return "bounds";
        }
    }

    private static long steps(long quantity, long per, long milli) {
        return Math.multiplyExact(Math.ceilDiv(quantity, per), milli);
    }

    private static void checkStep(String unit, long per, long milli) {
        if (unit.isEmpty() || per < 1 || milli < 0 || milli > MOST_MILLI) {
            throw new IllegalArgumentException(
                    "price of "
                            + milli
                            + " per "
                            + per
                            + " "
                            + unit
                            + ": per ≥ 1 and milli ≥ 0, at most "
                            + MOST_MILLI);
        }
    }
}
