package org.roadloop.core.contract;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.roadloop.core.asset.Offer;
import org.roadloop.core.policy.PolicyText;
import org.roadloop.core.policy.PolicyText.Words;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A contract as a page that a person reads and prints (合同文本): made from the agreement alone, so it
 * is the same on both sides, and its hash stands in {@code contract.agreed}. What binds is the
 * agreement it is made from.
 */
public final class ContractText {
    private static final String STYLE =
            """
            @page { size: A4; margin: 18mm 16mm }
            body { font: 10.5pt/1.5 "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", Arial,
              sans-serif; color: #1a1a1a; max-width: 180mm; margin: 8mm auto; padding: 0 3mm }
            h1 { font-size: 18pt; line-height: 1.2 } h2 { font-size: 12pt; margin: 7mm 0 1mm }
            dl { display: grid; grid-template-columns: max-content 1fr; gap: 1mm 6mm }
            dt, .small { color: #555 } dd { margin: 0; overflow-wrap: anywhere }
            li { margin: 1mm 0; overflow-wrap: anywhere } [lang=en] { color: #333; display: block }
            .small { font-size: 8pt; overflow-wrap: anywhere }
            @media print { body { margin: 0; padding: 0; max-width: none } }
            """;

    /** Which words are on the page. */
    public enum Language {
        CHINESE,
        ENGLISH,
        BOTH
    }

    private final StringBuilder out = new StringBuilder(4_000);
    private final Agreement agreement;
    private final Language language;

    private ContractText(Agreement agreement, Language language) {
        this.agreement = agreement;
        this.language = language;
    }

    public static String html(Agreement agreement, Language language) {
        return new ContractText(agreement, language).page();
    }

    /** Lower-case hex of the page in both languages. */
    public static String sha256(Agreement agreement) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(
                                            html(agreement, Language.BOTH)
                                                    .getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }

    private String page() {
        ObjectNode document = agreement.document();
        JsonNode template = document.path("roadloop:template");
        String lang = language == Language.ENGLISH ? "en" : "zh-CN";
        out.append("<!doctype html>\n<html lang=\"").append(lang).append("\"><head>");
        out.append("<meta charset=\"utf-8\"><title>").append(escaped(agreement.id()));
        out.append("</title><style>\n").append(STYLE).append("</style></head><body>\n");
        out.append("<h1>").append(say("数据使用合同", "Data usage contract")).append("</h1>\n<dl>");
        line("合同编号", "Contract", agreement.id());
        line("提供方", "Provider", agreement.provider());
        line("使用方", "Consumer", agreement.consumer());
        line("标的", "Asset", agreement.asset());
        line("签订时间", "Agreed at", agreement.agreedAt().toString());
        Supersession.find(agreement.policy())
                .ifPresent(
                        s ->
                                line(
                                        s.carried() ? "替代合同（次数延续）" : "替代合同（次数重计）",
                                        s.carried()
                                                ? "Takes the place of (uses count on)"
                                                : "Takes the place of (uses count anew)",
                                        s.agreementId()));
        if (template.isObject()) {
            line(
                    "模板",
                    "Template",
                    template.path("name").asString("") + " v" + template.path("version"));
        }
        String watermark = document.path("roadloop:watermark").asString("");
        if (!watermark.isEmpty()) {
            line("数据水印（列=最大改动）", "Watermark (column=largest change)", watermark);
        }
        out.append("</dl>\n");
        template(template);
        head("使用条款", "Terms of use");
        list(PolicyText.rules(document));
        head("价款", "Price");
        prices(document.path(Offer.TARIFF));
        out.append("<p class=\"small\">")
                .append(
                        say(
                                "本页由合同数据自动生成，具有约束力的是合同数据本身，其 SHA-256 为 ",
                                "This page is made from the agreement; what binds is the agreement,"
                                        + " SHA-256 "))
                .append(agreement.hash())
                .append("</p>\n</body></html>\n");
        return out.toString();
    }

    private void template(JsonNode template) {
        JsonNode text = template.path("text");
        if (text.isObject()) {
            head("模板说明", "In the words of the template");
            out.append("<p>")
                    .append(
                            say(
                                    escaped(text.path("zh").asString("")),
                                    escaped(text.path("en").asString(""))))
                    .append("</p>\n");
        }
    }

    private void prices(JsonNode tariff) {
        JsonNode prices = tariff.path("prices");
        if (prices.isEmpty()) {
            list(List.of(new Words("free of charge", "免费")));
            return;
        }
        String currency = tariff.path("currency").asString("");
        list(prices.valueStream().map(p -> PolicyText.price(p, currency)).toList());
    }

    private void head(String chinese, String english) {
        out.append("<h2>").append(say(chinese, english)).append("</h2>\n");
    }

    private void line(String chinese, String english, String value) {
        String label =
                switch (language) {
                    case CHINESE -> chinese;
                    case ENGLISH -> english;
                    case BOTH -> chinese + " " + english;
                };
        out.append("<dt>").append(label).append("</dt><dd>").append(escaped(value)).append("</dd>");
    }

    private void list(List<Words> sentences) {
        out.append("<ol>\n");
        for (Words words : sentences) {
            out.append("<li>")
                    .append(say(escaped(words.chinese()), escaped(words.english())))
                    .append("</li>\n");
        }
        out.append("</ol>\n");
    }

    /** Markup of both texts, or of one. */
    private String say(String chinese, String english) {
        return switch (language) {
            case CHINESE -> chinese;
            case ENGLISH -> english;
            case BOTH -> chinese + " <span lang=\"en\">" + english + "</span>";
        };
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
