package org.roadloop.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.roadloop.core.catalog.CatalogEntry;
import org.roadloop.core.catalog.CatalogQuery;
import org.roadloop.core.catalog.Facet;
import org.roadloop.core.catalog.SearchIndex;

/**
 * Searches over a catalogue of many assets: text in both languages and facets, a page of 20 with
 * all counts. Words are drawn so that a few are in half of all entries, as in real catalogues.
 */
final class SearchBench implements Main.Bench {
    private static final int SEARCHES = 2000;
    private static final String ENGLISH =
            "road traffic tracks junction signal bus vehicle video lidar radar weather parking charging"
                    + " speed volume incident works toll pedestrian bicycle map lane queue delay freight"
                    + " taxi metro station route fleet battery trip origin destination noise emission";
    private static final String CHINESE =
            "道路交通轨迹路口信号公交车辆视频激光雷达气象停车充电速度流量事件施工收费行人自行车地图车道排队延误货运出租地铁站点线路车队电池行程";
    private final Random random = new Random(20_261_122);

    @Override
    public void run(Path root, Figures figures, List<String> arguments) {
        int at = arguments.indexOf("--assets");
        int assets = at < 0 ? 10_000 : Integer.parseInt(arguments.get(at + 1));
        SearchIndex index = new SearchIndex();
        long began = System.nanoTime();
        for (int i = 0; i < assets; i++) {
            index.put(entry(i));
        }
        figures.add("platform.search_fill_ms", (System.nanoTime() - began) / 1e6, "ms");
        search(index, SEARCHES / 4); // warm
        double[] millis = search(index, SEARCHES);
        figures.add("platform.search_assets", assets, "assets");
        Percentiles times = new Percentiles(millis);
        figures.add("platform.search_p50_ms", times.at(50), "ms");
        figures.add("platform.search_p99_ms", times.at(99), "ms");
    }

    private double[] search(SearchIndex index, int searches) {
        double[] millis = new double[searches];
        for (int i = 0; i < searches; i++) {
            CatalogQuery query =
                    switch (i % 5) {
                        case 0 -> CatalogQuery.ALL;
                        case 1 -> new CatalogQuery(english(1), Map.of());
                        case 2 -> new CatalogQuery(chinese(2), Map.of());
                        case 3 -> new CatalogQuery(english(2), Map.of()).and(Facet.KIND, kinds());
                        default -> CatalogQuery.ALL.and(Facet.REGION, List.of(region()));
                    };
            long began = System.nanoTime();
            index.search(query, null, 20);
            millis[i] = (System.nanoTime() - began) / 1e6;
        }
        return millis;
    }

    private CatalogEntry entry(int i) {
        return new CatalogEntry(
                "did:web:participant-" + random.nextInt(260) + ".example",
                "urn:roadloop:asset:" + i,
                Map.of("en", english(5), "zh", chinese(8)),
                Map.of("en", english(40), "zh", chinese(60)),
                List.of(english(1), chinese(2)),
                "1",
                Map.of(
                        Facet.KIND,
                        List.of(kinds().getFirst()),
                        Facet.THEME,
                        List.of("https://themes.example/" + random.nextInt(30)),
                        Facet.PUBLISHER,
                        List.of("did:web:participant-" + random.nextInt(260) + ".example"),
                        Facet.LICENSE,
                        List.of("https://licences.example/" + random.nextInt(5)),
                        Facet.FORMAT,
                        List.of("HttpData-PULL"),
                        Facet.PRICE_MODEL,
                        List.of(random.nextBoolean() ? "free" : "steps"),
                        Facet.REGION,
                        List.of(region())),
                List.of("urn:roadloop:offer:" + i),
                null,
                null);
    }

    private List<String> kinds() {
        List<String> kinds = List.of("dataset", "model", "application", "compute-offer");
        int first = random.nextInt(4);
        return List.of(kinds.get(first), kinds.get((first + 1) % 4));
    }

    private String region() {
        return "CN-31-01" + random.nextInt(10, 40);
    }

    private String english(int words) {
        String[] all = ENGLISH.split(" ");
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < words; i++) {
            text.append(all[skewed(all.length)]).append(' ');
        }
        return text.toString().strip();
    }

    private String chinese(int characters) {
        int from = skewed(CHINESE.length() - 1);
        StringBuilder text = new StringBuilder();
        while (text.length() < characters) {
            text.append(CHINESE, from, Math.min(CHINESE.length(), from + 4));
            from = skewed(CHINESE.length() - 1);
        }
        return text.substring(0, characters);
    }

    /** Small numbers far more often. */
    private int skewed(int bound) {
        double uniform = random.nextDouble();
        return (int) (bound * uniform * uniform);
    }
}
