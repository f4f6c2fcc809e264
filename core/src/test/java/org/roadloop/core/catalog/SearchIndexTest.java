package org.roadloop.core.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SearchIndexTest {
    private static final String[] WORDS = {
        "tracks", "junction", "signal", "bus", "video", "路口", "轨迹", "信号", "公交", "数据集"
    };

    private static CatalogEntry entry(String id, String title, String text, String kind) {
        return new CatalogEntry(
                "did:web:a.example",
                id,
                Map.of("en", title),
                text.isEmpty() ? Map.of() : Map.of("en", text),
                List.of(),
                "1",
                Map.of(Facet.KIND, List.of(kind)),
                List.of(),
                null,
                null);
    }

    @ParameterizedTest
    @CsvSource({
        "'Vehicle Tracks, 2026', 'vehicle track 2026'",
        "'Städte-Daten', 'stadte daten'",
        "路口轨迹, '路 口 轨 迹 路口 口轨 轨迹'",
        "'V2X数据 set', 'v2x 数 据 数据 set'",
        "'Buses, crossing and stopped cities', 'bus cross and stop city'",
        "'Speeds at speed', 'speed at speed'",
        "GB/T 32960, 'gb t 32960'",
        "ＳＰａＴ, spat",
        "'...!?', ''",
    })
    void aTextIsCutIntoTerms(String text, String terms) {
        assertThat(String.join(" ", Terms.ofText(text))).isEqualTo(terms);
    }

    @ParameterizedTest
    @CsvSource({"路口轨迹, '路口 口轨 轨迹'", "路, 路", "'tracks track', track"})
    void aQueryAsksForPairs(String text, String terms) {
        assertThat(String.join(" ", Terms.ofQuery(text))).isEqualTo(terms);
    }

    @Test
    void theTitleCountsMoreThanTheText() {
        SearchIndex index = new SearchIndex();
        index.put(entry("a", "Weather", "with tracks of rain", "dataset"));
        index.put(entry("b", "Tracks at a junction", "", "dataset"));
        index.put(entry("c", "Signals", "", "model"));
        SearchIndex.Found found = index.search(new CatalogQuery("track", Map.of()), null, 10);
        assertThat(found.hits()).extracting(h -> h.entry().id()).containsExactly("b", "a");
        assertThat(found.facets().get(Facet.KIND)).containsExactly(Map.entry("dataset", 2));
        CatalogQuery models = CatalogQuery.ALL.and(Facet.KIND, List.of("model", "application"));
        assertThat(index.search(models, null, 10).hits())
                .extracting(h -> h.entry().id())
                .containsExactly("c");
    }

    @Test
    void pagesStayInOrderWhileEntriesComeAndGo() {
        SearchIndex index = new SearchIndex();
        for (int i = 0; i < 30; i++) {
            index.put(entry("e%02d".formatted(i), "bus", "", "dataset"));
        }
        CatalogQuery bus = new CatalogQuery("bus", Map.of());
        List<SearchIndex.Hit> first = index.search(bus, null, 10).hits();
        index.remove("e03 did:web:a.example");
        index.remove("e09 did:web:a.example");
        index.put(entry("e12", "train", "", "dataset"));
        List<SearchIndex.Hit> second = index.search(CatalogQuery.ALL, null, 100).hits();
        assertThat(second).hasSize(28);
        // Ranks depend on how rare a word is; without a text they are all 0 and ids decide.
        SearchIndex.After place = new SearchIndex.After(0, first.getLast().place().key());
        assertThat(index.search(CatalogQuery.ALL, place, 3).hits())
                .extracting(h -> h.entry().id())
                .containsExactly("e10", "e11", "e12");
    }

    /** The index finds what a look at every entry finds, after any puts and removals. */
    @Test
    void theIndexAgreesWithAFullLook() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        SearchIndex index = new SearchIndex();
        Map<String, CatalogEntry> plain = new TreeMap<>();
        for (int step = 0; step < 3000; step++) {
            String id = "id-" + random.nextInt(200);
            CatalogEntry entry =
                    entry(id, words(random), words(random), "kind" + random.nextInt(3));
            if (random.nextInt(3) == 0) {
                plain.remove(entry.key());
                index.remove(entry.key());
            } else {
                plain.put(entry.key(), entry);
                index.put(entry);
            }
            if (step % 50 == 0) {
                CatalogQuery query = new CatalogQuery(words(random), Map.of());
                if (random.nextBoolean()) {
                    query = query.and(Facet.KIND, Set.of("kind" + random.nextInt(3)));
                }
                Set<String> expected =
                        plain.values().stream()
                                .filter(query::matches)
                                .map(CatalogEntry::key)
                                .collect(Collectors.toCollection(TreeSet::new));
                List<String> found = new ArrayList<>();
                SearchIndex.After after = null;
                List<SearchIndex.Hit> page;
                do {
                    page = index.search(query, after, 7).hits();
                    page.forEach(h -> found.add(h.entry().key()));
                    after = page.isEmpty() ? null : page.getLast().place();
                } while (!page.isEmpty());
                assertThat(found).as("seed " + seed).doesNotHaveDuplicates();
                assertThat(new TreeSet<>(found)).as("seed " + seed).isEqualTo(expected);
                assertThat(index.search(query, null, 1).total()).isEqualTo(expected.size());
                assertThat(index.size()).isEqualTo(plain.size());
            }
        }
    }

    private static String words(Random random) {
        StringBuilder words = new StringBuilder();
        for (int i = random.nextInt(3); i >= 0; i--) {
            words.append(WORDS[random.nextInt(WORDS.length)])
                    .append(random.nextBoolean() ? " " : "");
        }
        return words.toString();
    }
}
