package org.roadloop.collect.jt808;

/**
 * Registration of a terminal (终端注册), message 0100; JT/T 808-2013 §8.5, table 7. Lengths of its
 * fixed fields by layout:
 *
 * <pre>
 *          province  city  maker  model  terminal id  plate colour  plate
 *  2011       2       2      5      8        7            1         rest
 *  2013       2       2      5     20        7            1         rest
 *  2019       2       2     11     30       30            1         rest
 * </pre>
 *
 * Nothing in a frame tells 2011 from 2013. A body shorter than the fixed part of 2013 is 2011; so
 * is one whose length is that of 2011 with a VIN (plate colour 0 and 17 letters and digits behind
 * it).
 *
 * @param layout 2011, 2013 or 2019
 * @param province first two digits of GB/T 2260, 0 the platform's
 * @param city last four digits of GB/T 2260, 0 the platform's
 * @param plateColour JT/T 415-2006 §5.4.12; 0 no plate yet
 * @param plate number plate, or VIN with plate colour 0
 */
public record Registration(
        int layout,
        int province,
        int city,
        String maker,
        String model,
        String terminalId,
        int plateColour,
        String plate)
        implements LinkMessage {
    public static final int ID = 0x0100;

    private static final int FIXED_2011 = 25;
    private static final int FIXED_2013 = 37;
    private static final int VIN_LENGTH = 17;

    static Registration read(BodyReader in) {
        int layout = layoutOf(in);
        return new Registration(
                layout,
                in.u16(),
                in.u16(),
                in.paddedText(makerBytes(layout)),
                in.paddedText(modelBytes(layout)),
                in.paddedText(terminalIdBytes(layout)),
                in.u8(),
                in.restText());
    }

    @Override
    public int id() {
        return ID;
    }

    @Override
    public void write(BodyWriter out) {
        if ((layout == 2019) != (out.edition() == Edition.JT2019)) {
            throw new IllegalArgumentException(
                    "layout %d of a registration does not go with edition %d of its header"
                            .formatted(layout, out.edition().year()));
        }
        out.u16("province", province)
                .u16("city", city)
                .paddedText("maker", maker, makerBytes(layout))
                .paddedText("model", model, modelBytes(layout))
                .paddedText("terminalId", terminalId, terminalIdBytes(layout))
                .u8("plateColour", plateColour)
                .text(plate);
    }

    private static int layoutOf(BodyReader in) {
        if (in.edition() == Edition.JT2019) {
            return 2019;
        }
        return in.remaining() < FIXED_2013 || isVinOf2011(in) ? 2011 : 2013;
    }

    private static boolean isVinOf2011(BodyReader in) {
        if (in.remaining() != FIXED_2011 + VIN_LENGTH || in.peek8(FIXED_2011 - 1) != 0) {
            return false;
        }
        for (int i = 0; i < VIN_LENGTH; i++) {
            int c = in.peek8(FIXED_2011 + i);
            if ((c < '0' || c > '9') && (c < 'A' || c > 'Z')) {
                return false;
            }
        }
        return true;
    }

    private static int makerBytes(int layout) {
        return layout == 2019 ? 11 : 5;
    }

    private static int modelBytes(int layout) {
        return switch (layout) {
            case 2011 -> 8;
            case 2013 -> 20;
            case 2019 -> 30;
            default ->
                    throw new IllegalArgumentException(
                            "registration layout %d is none of 2011, 2013, 2019".formatted(layout));
        };
    }

    private static int terminalIdBytes(int layout) {
        return layout == 2019 ? 30 : 7;
    }
}
