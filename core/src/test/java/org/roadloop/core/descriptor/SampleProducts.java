package org.roadloop.core.descriptor;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.roadloop.core.asset.AssetJson;
import org.roadloop.core.asset.AssetVersion;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import tools.jackson.databind.json.JsonMapper;

/** Products as they stand after their publication. */
final class SampleProducts {
    static final String ADDRESS = "https://city.example/dsp/2025-1";
    static final String PASSPORT = "5e".repeat(32);

    private SampleProducts() {}

    /** All that can be said of a table is said. */
    static final String TRACKS =
            """
            {"kind": "dataset", "id": "urn:city:tracks",
             "title": {"en": "Tracks at junctions", "zh": "路口轨迹"},
             "description": {
               "titles": {"de": "Spuren an Knoten \\"Nord\\""},
               "texts": {"en": "Positions at 10 Hz\\nby junction", "zh": "10 Hz 位置 <脱敏>"},
               "keywords": ["trajectory", "轨迹"],
               "themes": ["http://publications.europa.eu/resource/authority/data-theme/TRAN"],
               "license": "https://creativecommons.org/licenses/by/4.0/",
               "publisherName": "City of A", "publisherIdentifiers": {"uscc": "91350100M000100Y43"},
               "version": "2.1", "spatial": ["CN-31-0115", "http://sws.geonames.org/1796236/"],
               "temporal": {"start": "2026-01-01T00:00:00Z", "end": "2026-07-01T00:00:00Z"},
               "accrualPeriodicity": "https://w3id.org/mobilitydcat-ap/update-frequency/1min",
               "mobility": {"mobilityTheme": ["real-time-traffic-data"],
                            "transportMode": ["car", "bus"],
                            "georeferencingMethod": ["geocoordinates"],
                            "networkCoverage": ["urban-and-local-roads"],
                            "mobilityDataStandard": ["other"], "communicationMethod": ["pull"]},
               "identifiers": [{"scheme": "registrationNumber", "authority": "SH-DEX",
                                "value": "SH-2026-000123"}],
               "registration": {"source": "路侧设备采集", "rightsBasis": "自主采集 & 授权运营",
                                "scenes": "交通安全研究", "grade": "公开数据"}},
             "publisher": "did:web:city.example", "properties": {}, "table": "track_point",
             "snapshot": "4711", "columns": [], "formats": ["HttpData-PULL", "compute-to-data"],
             "offers": [{"policy": {"@type": "Offer", "@id": "tracks-research",
               "permission": [{"action": "roadloop:computeToData",
                 "constraint": [
                   {"leftOperand": "purpose", "operator": "isAnyOf",
                    "rightOperand": ["safety-research"]},
                   {"leftOperand": "count", "operator": "lteq", "rightOperand": "5"}],
                 "duty": [{"action": "attribute"}]}],
               "prohibition": [{"action": "distribute"}]},
              "tariff": {"currency": "CNY",
                         "prices": [{"unit": "use", "per": 1, "milli": 2000}]}}]}
            """;

    /** As little as a publisher may give. */
    static final String PLAIN =
            """
            {"kind": "dataset", "id": "plain tracks", "title": {"en": "Tracks", "zh": "轨迹"},
             "publisher": "did:web:city.example", "table": "track_point", "columns": [],
             "formats": ["HttpData-PULL"],
             "offers": [{"policy": {"@type": "Offer", "@id": "free",
                                    "permission": [{"action": "use"}]},
                         "tariff": {"currency": "CNY", "prices": []}}]}
            """;

    static final String MODEL =
            """
            {"kind": "model", "id": "urn:city:model", "title": {"en": "Speeds", "zh": "车速模型"},
             "description": {"texts": {"en": "Predicts speeds"}},
             "publisher": "did:web:city.example", "sha256": "%s", "formats": ["HttpData-PULL"],
             "offers": [{"policy": {"@type": "Offer", "@id": "model-offer",
                                    "permission": [{"action": "use"}]},
                         "tariff": {"currency": "CNY", "prices": []}}]}
            """
                    .formatted("0a".repeat(32));

    static final List<Column> COLUMNS =
            List.of(
                    Column.of("vehicle", ColumnType.STRING, "", DataClass.IDENTITY, Grade.PERSONAL),
                    Column.of(
                            "at",
                            ColumnType.TIMESTAMP_MICROS_UTC,
                            "",
                            DataClass.TIME,
                            Grade.GENERAL),
                    new Column(
                            "lon_degrees",
                            ColumnType.DOUBLE,
                            "deg",
                            DataClass.POSITION,
                            Grade.SENSITIVE_PERSONAL,
                            CoordinateSystem.WGS_84),
                    Column.of(
                            "speed_kmh",
                            ColumnType.FLOAT,
                            "km/h",
                            DataClass.DRIVING_STATE,
                            Grade.GENERAL),
                    Column.of("gear", ColumnType.INT, "", DataClass.DRIVING_STATE, Grade.GENERAL),
                    Column.of(
                            "odometer_m",
                            ColumnType.LONG,
                            "m",
                            DataClass.DRIVING_STATE,
                            Grade.GENERAL),
                    Column.of("braking", ColumnType.BOOL, "", DataClass.ALARM, Grade.GENERAL));

    static final Map<String, Double> QUALITY =
            new java.util.TreeMap<>(
                    Map.of(
                            "normativity", 0.999,
                            "completeness", 0.98,
                            "accuracy", 0.991234,
                            "consistency", 1.0,
                            "timeliness", 0.5,
                            "accessibility", 1.0));

    static GovernedRun run(int files) {
        List<GovernedRun.StoredFile> stored = new java.util.ArrayList<>();
        for (int i = 0; i < files; i++) {
            stored.add(
                    new GovernedRun.StoredFile(
                            "part-" + i + ".parquet", "%02x".formatted(i).repeat(32), 500, 4_096));
        }
        return new GovernedRun(
                PASSPORT,
                UUID.fromString("5e5e5e5e-5e5e-8e5e-9e5e-5e5e5e5e5e5e"),
                "town v3",
                "71".repeat(32),
                Instant.parse("2026-11-22T08:00:00Z"),
                500L * files,
                stored,
                12L,
                Map.of("four-points", 0.0042, "home-200m", 0.031),
                QUALITY);
    }

    static AssetVersion version(String asset) {
        return new AssetVersion(
                AssetJson.read(JsonMapper.shared().readTree(asset)),
                2,
                17,
                Instant.parse("2026-11-20T08:00:00Z"),
                Instant.parse("2026-11-22T08:00:00Z"),
                AssetVersion.State.CURRENT);
    }

    static ProductRecord tracks() {
        return tracks(1);
    }

    static ProductRecord tracks(int files) {
        return new ProductRecord(version(TRACKS), ADDRESS, COLUMNS, QUALITY, run(files));
    }

    static ProductRecord plain() {
        return new ProductRecord(version(PLAIN), ADDRESS, List.of(), Map.of(), null);
    }

    static ProductRecord model() {
        return new ProductRecord(version(MODEL), ADDRESS, List.of(), Map.of(), null);
    }
}
