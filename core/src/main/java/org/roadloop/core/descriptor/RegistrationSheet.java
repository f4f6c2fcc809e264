package org.roadloop.core.descriptor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.asset.AssetJson;
import org.roadloop.core.asset.Description;
import org.roadloop.core.asset.Offer;
import org.roadloop.core.identity.NationalIdentifier;
import org.roadloop.core.policy.PolicyText;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.Grade;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A product as a registry of data products asks for it (数据产品登记表): who holds it, by what right, how
 * it is graded, what it is for, how often it changes, what it costs. A field that nobody filled
 * stays empty and is named under {@code missing}. What the platform knows is never replaced by what
 * the publisher writes.
 *
 * @param rows in the order of the layout
 */
public record RegistrationSheet(SheetLayout.Name title, String product, List<Row> rows) {

    /**
     * @param chinese value; empty: nobody filled it
     * @param english the same where it is words of ours, else as the publisher wrote it
     */
    public record Row(SheetLayout.Field field, String chinese, String english) {}

    private record Words(String chinese, String english) {
        static Words same(String text) {
            return new Words(text, text);
        }
    }

    private static final Words NOTHING = Words.same("");

    /** What the platform fills by itself, by the field's key. */
    private static final Map<String, Function<ProductRecord, Words>> FILLED = filled();

    public RegistrationSheet {
        rows = List.copyOf(rows);
    }

    public static RegistrationSheet of(ProductRecord product) {
        return of(product, SheetLayout.shipped());
    }

    public static RegistrationSheet of(ProductRecord product, SheetLayout layout) {
        List<Row> rows = new ArrayList<>();
        Map<String, String> written = product.description().registration();
        for (SheetLayout.Field field : layout.fields()) {
            Words words = FILLED.getOrDefault(field.key(), p -> NOTHING).apply(product);
            if (words.chinese().isEmpty()) {
                words = Words.same(written.getOrDefault(field.key(), ""));
            }
            rows.add(new Row(field, words.chinese(), words.english()));
        }
        return new RegistrationSheet(layout.title(), product.asset().id(), rows);
    }

    /** Keys of the required fields that are empty. */
    public List<String> missing() {
        return rows.stream()
                .filter(row -> row.field().required() && row.chinese().isEmpty())
                .map(row -> row.field().key())
                .toList();
    }

    public ObjectNode json() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.putObject("title").put("zh", title.chinese()).put("en", title.english());
        json.put("product", product);
        ArrayNode fields = json.putArray("fields");
        for (Row row : rows) {
            ObjectNode field = fields.addObject().put("key", row.field().key());
            field.putObject("name")
                    .put("zh", row.field().name().chinese())
                    .put("en", row.field().name().english());
            field.put("required", row.field().required());
            if (row.chinese().isEmpty()) {
                field.putNull("value");
            } else {
                field.putObject("value").put("zh", row.chinese()).put("en", row.english());
            }
        }
        ArrayNode missing = json.putArray("missing");
        missing().forEach(missing::add);
        return json;
    }

    private static Map<String, Function<ProductRecord, Words>> filled() {
        Map<String, Function<ProductRecord, Words>> filled = new LinkedHashMap<>();
        filled.put(
                "productName",
                p -> new Words(p.asset().title().chinese(), p.asset().title().english()));
        filled.put("productId", p -> Words.same(p.asset().id()));
        filled.put("productType", RegistrationSheet::type);
        filled.put("registrationNumber", p -> identifiers(p, "registrationNumber"));
        filled.put("dataIdentifier", p -> identifiers(p, "dataIdentifier"));
        filled.put("holder", p -> Words.same(p.publisherName()));
        filled.put("holderDid", p -> Words.same(p.asset().publisher()));
        filled.put(
                "holderCode",
                p ->
                        Words.same(
                                p.description()
                                        .publisherIdentifiers()
                                        .getOrDefault(
                                                "unifiedSocialCreditCode",
                                                p.description()
                                                        .publisherIdentifiers()
                                                        .getOrDefault("uscc", ""))));
        filled.put("summary", RegistrationSheet::summary);
        filled.put("keywords", p -> Words.same(String.join("、", p.description().keywords())));
        filled.put("grade", p -> p.highestGrade().map(RegistrationSheet::grade).orElse(NOTHING));
        filled.put("personalData", RegistrationSheet::personalData);
        filled.put("columns", RegistrationSheet::columns);
        filled.put("spatial", p -> Words.same(String.join("、", p.description().spatial())));
        filled.put("temporal", p -> Words.same(temporal(p.description().temporal())));
        filled.put(
                "updateFrequency", p -> Words.same(lastPart(p.description().accrualPeriodicity())));
        filled.put("volume", RegistrationSheet::volume);
        filled.put("delivery", p -> Words.same(String.join("、", p.asset().formats())));
        filled.put("usageTerms", p -> rules(p.asset().offers()));
        filled.put("priceMode", p -> prices(p.asset().offers()));
        filled.put("license", p -> Words.same(p.license()));
        filled.put("quality", RegistrationSheet::quality);
        filled.put("deidentification", RegistrationSheet::deidentification);
        filled.put(
                "passport",
                p -> p.run() == null ? NOTHING : Words.same("sha256:" + p.run().passportSha256()));
        filled.put("version", p -> Words.same(p.versionLabel()));
        filled.put("publishedAt", p -> Words.same(p.version().publishedAt().toString()));
        return filled;
    }

    private static Words type(ProductRecord product) {
        return switch (product.asset().kind()) {
            case "dataset" -> new Words("数据集", "data set");
            case "model" -> new Words("模型", "model");
            case "application" -> new Words("应用", "application");
            default -> new Words("算力", "compute");
        };
    }

    private static Words identifiers(ProductRecord product, String scheme) {
        return Words.same(
                product.description().identifiers().stream()
                        .filter(identifier -> identifier.scheme().equals(scheme))
                        .map(NationalIdentifier::toString)
                        .collect(Collectors.joining("、")));
    }

    private static Words summary(ProductRecord product) {
        Map<String, String> texts = product.description().texts();
        String english = texts.getOrDefault("en", "");
        String chinese = texts.getOrDefault("zh", english);
        return new Words(chinese, english.isEmpty() ? chinese : english);
    }

    /** Names of GB/T 44464-2024 Table A.2 and GB/T 43697-2024. */
    private static Words grade(Grade grade) {
        return switch (grade) {
            case GENERAL -> new Words("一般数据", "general");
            case PERSONAL -> new Words("一般数据(含一般个人信息)", "general, with personal data");
            case SENSITIVE_PERSONAL ->
                    new Words("一般数据(含敏感个人信息)", "general, with sensitive personal data");
            case IMPORTANT -> new Words("重要数据", "important");
            case CORE -> new Words("核心数据", "core");
        };
    }

    private static Words personalData(ProductRecord product) {
        if (product.columns().isEmpty()) {
            return NOTHING;
        }
        String names =
                product.columns().stream()
                        .filter(
                                c ->
                                        c.grade() == Grade.PERSONAL
                                                || c.grade() == Grade.SENSITIVE_PERSONAL)
                        .map(Column::name)
                        .collect(Collectors.joining("、"));
        return names.isEmpty() ? new Words("否", "no") : new Words("是:" + names, "yes: " + names);
    }

    private static Words columns(ProductRecord product) {
        return Words.same(
                product.columns().stream()
                        .map(c -> c.unit().isEmpty() ? c.name() : c.name() + " (" + c.unit() + ")")
                        .collect(Collectors.joining("、")));
    }

    private static String temporal(Description.@Nullable Period period) {
        if (period == null) {
            return "";
        }
        return (period.start() == null ? "" : period.start().toString())
                + " / "
                + (period.end() == null ? "" : period.end().toString());
    }

    private static String lastPart(String iri) {
        return iri.substring(iri.lastIndexOf('/') + 1);
    }

    private static Words volume(ProductRecord product) {
        GovernedRun run = product.run();
        if (run == null) {
            return NOTHING;
        }
        long bytes = run.files().stream().mapToLong(GovernedRun.StoredFile::dataBytes).sum();
        return new Words(
                run.rows() + " 行,存储 " + bytes + " 字节(最近一次治理运行)",
                run.rows() + " rows, " + bytes + " bytes stored (of the last governed run)");
    }

    private static Words rules(List<Offer> offers) {
        List<PolicyText.Words> all = new ArrayList<>();
        offers.forEach(offer -> all.addAll(PolicyText.rules(offer.policy().toJson())));
        return joined(all);
    }

    private static Words prices(List<Offer> offers) {
        List<PolicyText.Words> all = new ArrayList<>();
        for (Offer offer : offers) {
            JsonNode tariff = AssetJson.write(offer.tariff());
            if (tariff.path("prices").isEmpty()) {
                all.add(new PolicyText.Words("free of charge", "免费"));
            }
            for (JsonNode price : tariff.path("prices")) {
                all.add(PolicyText.price(price, offer.tariff().currency()));
            }
        }
        return joined(all);
    }

    private static Words joined(List<PolicyText.Words> all) {
        return new Words(
                all.stream()
                        .map(PolicyText.Words::chinese)
                        .distinct()
                        .collect(Collectors.joining(";")),
                all.stream()
                        .map(PolicyText.Words::english)
                        .distinct()
                        .collect(Collectors.joining("; ")));
    }

    private static Words quality(ProductRecord product) {
        List<String> chinese = new ArrayList<>();
        List<String> english = new ArrayList<>();
        product.quality()
                .forEach(
                        (name, share) -> {
                            String percent = percent(share);
                            chinese.add(DcatView.METRICS.getOrDefault(name, name) + " " + percent);
                            english.add(name + " " + percent);
                        });
        return new Words(String.join("、", chinese), String.join(", ", english));
    }

    private static Words deidentification(ProductRecord product) {
        GovernedRun run = product.run();
        if (run == null || run.k() == null && run.attackRates().isEmpty()) {
            return NOTHING;
        }
        List<String> parts = new ArrayList<>();
        if (run.k() != null) {
            parts.add("k = " + run.k());
        }
        run.attackRates().forEach((attack, rate) -> parts.add(attack + " " + percent(rate)));
        return new Words(String.join("、", parts), String.join(", ", parts));
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f %%", share * 100);
    }
}
