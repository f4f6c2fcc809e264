package org.roadloop.core.clearing;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import tools.jackson.databind.JsonNode;

/**
 * Cost and revenue of each data set by month (数据资源成本与收入), for the books: a fold of {@code
 * cost.metered}, {@code asset.offered} and the uses under contracts: {@code usage.metered}, {@code
 * usage.reversed} and {@code usage.totalled}. Any thread.
 *
 * <p>It gives what 财会〔2023〕11号 (企业数据资源相关会计处理暂行规定) asks an accountant to tell: cost by element,
 * period and accumulated, use, revenue, and the evidence of each. Whether a data set is an
 * intangible asset (无形资产) or inventory (存货), what of its cost may be capitalised, and how it is
 * amortised, is the accountant's to judge. Months are those of Shanghai. Each element is rounded
 * half up to a thousandth by month, so that columns add up.
 */
public final class AssetSheet {
    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

    private final Map<String, TreeMap<YearMonth, Cost>> costs = new TreeMap<>();
    private final Map<String, TreeMap<YearMonth, Use>> uses = new HashMap<>();
    private final Map<String, String> datasetByAsset = new TreeMap<>();
    private long nextIndex;

    private static final class Cost {
        private long frames;
        private BigInteger bytes = BigInteger.ZERO;
        private BigInteger byteSeconds = BigInteger.ZERO;
        private long cpuMillis;
        private final List<Long> entries = new ArrayList<>();
    }

    private static final class Use {
        private final TreeMap<String, Long> quantityByUnit = new TreeMap<>();
        private final List<Long> entries = new ArrayList<>();
    }

    /**
     * A data set in a month.
     *
     * @param assets what was offered of it, and counted in use and revenue
     * @param accumulatedMilli cost of this and all months before
     * @param quantityByUnit use by unit, {@code use} among them
     * @param evidence ledger entries of all figures of the row
     */
    public record Row(
            String dataset,
            List<String> assets,
            YearMonth month,
            long collectedFrames,
            long collectedBytes,
            long storedGibSeconds,
            long cpuMillis,
            String currency,
            long collectionMilli,
            long storageMilli,
            long computeMilli,
            long accumulatedMilli,
            Map<String, Long> quantityByUnit,
            List<AssetRevenue.Amount> revenue,
            List<Long> evidence) {
        public Row {
            assets = List.copyOf(assets);
            quantityByUnit = new TreeMap<>(quantityByUnit);
            revenue = List.copyOf(revenue);
            evidence = List.copyOf(evidence);
        }

        public long costMilli() {
            return collectionMilli + storageMilli + computeMilli;
        }
    }

    /** The entry to go on from. */
    public synchronized long nextIndex() {
        return nextIndex;
    }

    /** Takes any entry, in log order; one that it has seen changes nothing. */
    public synchronized void apply(Entry entry) {
        if (entry.index() < nextIndex) {
            return;
        }
        nextIndex = entry.index() + 1;
        Event event = entry.event();
        if (!(event.body() instanceof Event.Inline inline)) {
            return; // erased, or a payload: not of these kinds
        }
        switch (event.type()) {
            case CostRecord.EVENT -> add(CostRecord.fromJson(inline.json()), entry.index());
            case UsageRecord.EVENT -> use(event.at(), inline.json(), entry.index(), 1);
            case UsageReversal.EVENT ->
                    use(event.at(), inline.json().path("use"), entry.index(), -1);
            case UsageTotals.EVENT -> {
                for (JsonNode total : inline.json().path("totals")) {
                    use(event.at(), total, entry.index(), 1);
                }
            }
            case "asset.offered" -> {
                JsonNode table = inline.json().path("table");
                if (table.isString()) {
                    datasetByAsset.put(event.subject(), table.asString());
                }
            }
            default -> {}
        }
    }

    private void add(CostRecord record, long index) {
        Cost cost =
                costs.computeIfAbsent(record.dataset(), d -> new TreeMap<>())
                        .computeIfAbsent(month(record.from()), m -> new Cost());
        cost.frames += record.collectedFrames();
        cost.bytes = cost.bytes.add(BigInteger.valueOf(record.collectedBytes()));
        long seconds = Duration.between(record.from(), record.until()).toSeconds();
        cost.byteSeconds =
                cost.byteSeconds.add(
                        BigInteger.valueOf(record.storedBytes())
                                .multiply(BigInteger.valueOf(seconds)));
        cost.cpuMillis += record.cpuMillis();
        cost.entries.add(index);
    }

    private void use(Instant at, JsonNode json, long index, int sign) {
        String asset = json.path("asset").asString("");
        if (asset.isEmpty()) {
            return;
        }
        Use use =
                uses.computeIfAbsent(asset, a -> new TreeMap<>())
                        .computeIfAbsent(month(at), m -> new Use());
        use.quantityByUnit.merge(
                json.path("unit").asString("?"),
                sign * json.path("quantity").asLong(0),
                Math::addExact);
        use.entries.add(index);
    }

    private static YearMonth month(Instant at) {
        return YearMonth.from(at.atZone(ZONE));
    }

    /** The data set of an asset, empty text if it is none of a governed table. */
    public synchronized String dataset(String asset) {
        return datasetByAsset.getOrDefault(asset, "");
    }

    /** Every data set with a cost or a use, by name and month. */
    public synchronized List<Row> rows(CostPrices prices, AssetRevenue revenue) {
        List<Row> rows = new ArrayList<>();
        TreeSet<String> datasets = new TreeSet<>(costs.keySet());
        datasetByAsset.forEach(
                (asset, dataset) -> {
                    if (uses.containsKey(asset)) {
                        datasets.add(dataset);
                    }
                });
        for (String dataset : datasets) {
            List<String> assets =
                    datasetByAsset.entrySet().stream()
                            .filter(e -> e.getValue().equals(dataset))
                            .map(Map.Entry::getKey)
                            .toList();
            rows.addAll(rows(dataset, assets, prices, revenue));
        }
        return rows;
    }

    /**
     * One data set with use and revenue of the given assets only; its cost is that of the data set,
     * which several assets may share.
     */
    public synchronized List<Row> rows(
            String dataset, List<String> assets, CostPrices prices, AssetRevenue revenue) {
        List<Row> rows = new ArrayList<>();
        TreeMap<YearMonth, Cost> months = costs.getOrDefault(dataset, new TreeMap<>());
        TreeSet<YearMonth> all = new TreeSet<>(months.keySet());
        assets.forEach(a -> all.addAll(uses.getOrDefault(a, new TreeMap<>()).keySet()));
        long accumulated = 0;
        for (YearMonth month : all) {
            Cost cost = months.getOrDefault(month, new Cost());
            long collection = prices.collectionMilli(cost.bytes);
            long storage = prices.storageMilli(cost.byteSeconds);
            long compute = prices.computeMilli(BigInteger.valueOf(cost.cpuMillis));
            accumulated += collection + storage + compute;
            TreeSet<Long> evidence = new TreeSet<>(cost.entries);
            Map<String, Long> quantities = new TreeMap<>();
            List<AssetRevenue.Amount> earned = new ArrayList<>();
            for (String asset : assets) {
                Use use = uses.getOrDefault(asset, new TreeMap<>()).get(month);
                if (use != null) {
                    use.quantityByUnit.forEach((u, q) -> quantities.merge(u, q, Math::addExact));
                    evidence.addAll(use.entries);
                }
                earned.addAll(
                        revenue.of(
                                asset,
                                month.atDay(1).atStartOfDay(ZONE).toInstant(),
                                month.plusMonths(1).atDay(1).atStartOfDay(ZONE).toInstant()));
            }
            earned.forEach(amount -> evidence.addAll(amount.entries()));
            rows.add(
                    new Row(
                            dataset,
                            assets,
                            month,
                            cost.frames,
                            cost.bytes.longValueExact(),
                            cost.byteSeconds.shiftRight(30).longValueExact(),
                            cost.cpuMillis,
                            prices.currency(),
                            collection,
                            storage,
                            compute,
                            accumulated,
                            quantities,
                            summed(earned),
                            List.copyOf(evidence)));
        }
        return rows;
    }

    private static List<AssetRevenue.Amount> summed(List<AssetRevenue.Amount> amounts) {
        Map<String, AssetRevenue.Amount> byCurrency = new TreeMap<>();
        for (AssetRevenue.Amount one : amounts) {
            byCurrency.merge(
                    one.currency(),
                    one,
                    (a, b) -> {
                        List<Long> entries = new ArrayList<>(a.entries());
                        entries.addAll(b.entries());
                        return new AssetRevenue.Amount(
                                a.currency(), Math.addExact(a.milli(), b.milli()), entries);
                    });
        }
        return List.copyOf(byCurrency.values());
    }
}
