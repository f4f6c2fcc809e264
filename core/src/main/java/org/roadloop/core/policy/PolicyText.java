package org.roadloop.core.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Says a policy in words that a person signs (条款文字), from its JSON form: the same words on both
 * sides of a contract. A term without words of its own is shown as it is written.
 */
public final class PolicyText {
    /** One sentence in both languages. */
    public record Words(String english, String chinese) {}

    /** English and Chinese of an action. */
    private static final Map<String, Words> ACTIONS =
            Map.ofEntries(
                    Map.entry("use", new Words("use the data", "使用数据")),
                    Map.entry(
                            "roadloop:computeToData",
                            new Words(
                                    "bring code to the data and take released results only",
                                    "代码到数据处计算，仅取得放行的结果（数据可用不可见）")),
                    Map.entry("read", new Words("read", "读取")),
                    Map.entry("stream", new Words("receive a stream", "接收数据流")),
                    Map.entry("distribute", new Words("pass on to others", "向第三方提供")),
                    Map.entry("reproduce", new Words("copy", "复制")),
                    Map.entry("derive", new Words("derive new data", "衍生加工")),
                    Map.entry("aggregate", new Words("aggregate", "汇总")),
                    Map.entry("modify", new Words("change", "修改")),
                    Map.entry("delete", new Words("delete every copy", "删除全部副本")),
                    Map.entry("anonymize", new Words("anonymise", "匿名化")),
                    Map.entry("inform", new Words("inform the provider", "告知提供方")),
                    Map.entry("compensate", new Words("pay", "支付费用")),
                    Map.entry("attribute", new Words("name the source", "注明来源")),
                    Map.entry("transfer", new Words("transfer ownership", "转让")),
                    Map.entry("sell", new Words("sell", "出售")));

    /** What a left operand measures. */
    private static final Map<String, Words> OPERANDS =
            Map.ofEntries(
                    Map.entry("count", new Words("number of uses", "使用次数")),
                    Map.entry("dateTime", new Words("time", "时间")),
                    Map.entry("elapsedTime", new Words("time since the start", "起算后经过的时间")),
                    Map.entry("meteredTime", new Words("metered time", "计量时长")),
                    Map.entry("purpose", new Words("purpose", "目的")),
                    Map.entry("spatial", new Words("region", "地域")),
                    Map.entry("recipient", new Words("recipient", "接收方")),
                    Map.entry("payAmount", new Words("amount paid", "已付金额")),
                    Map.entry("event", new Words("event", "事件")),
                    Map.entry("industry", new Words("industry", "行业")),
                    Map.entry("membership", new Words("membership", "成员资格")));

    private static final Map<String, Words> OPERATORS =
            Map.ofEntries(
                    Map.entry("eq", new Words("is", "为")),
                    Map.entry("neq", new Words("is not", "不为")),
                    Map.entry("lt", new Words("less than", "小于")),
                    Map.entry("lteq", new Words("at most", "不超过")),
                    Map.entry("gt", new Words("more than", "大于")),
                    Map.entry("gteq", new Words("at least", "不少于")),
                    Map.entry("isAnyOf", new Words("one of", "属于")),
                    Map.entry("isNoneOf", new Words("none of", "不属于")),
                    Map.entry("isAllOf", new Words("all of", "全部包含")),
                    Map.entry("isPartOf", new Words("within", "位于")),
                    Map.entry("hasPart", new Words("includes", "包含")),
                    Map.entry("isA", new Words("is a", "是")));

    private static final Map<String, Words> CONNECTIVES =
            Map.of(
                    "and", new Words("and", "且"),
                    "andSequence", new Words("then", "继而"),
                    "or", new Words("or", "或"),
                    "xone", new Words("either … or", "二者择一"));

    /** What a rule is about. */
    private static final Map<String, Words> RULES =
            Map.of(
                    "permission", new Words("The consumer may ", "使用方可以"),
                    "prohibition", new Words("The consumer must not ", "使用方不得"),
                    "obligation", new Words("The consumer must ", "使用方应当"),
                    "duty", new Words("for this the consumer must ", "为此使用方应当"),
                    "remedy", new Words("if infringed, the consumer must ", "违反时使用方应当"),
                    "consequence", new Words("if not done, the consumer must ", "未履行时使用方还应当"));

    private PolicyText() {}

    /** Every rule of a policy, one sentence each, in the order of the policy. */
    public static List<Words> rules(JsonNode policy) {
        List<Words> rules = new ArrayList<>();
        for (String kind : List.of("permission", "prohibition", "obligation")) {
            policy.path(kind).forEach(rule -> rules.add(rule(kind, rule)));
        }
        return rules;
    }

    /**
     * @param kind {@code permission}, {@code duty}, …
     */
    public static Words rule(String kind, JsonNode rule) {
        Words lead = RULES.getOrDefault(kind, new Words(kind + ": ", kind + "："));
        Words action = action(rule.path("action"));
        StringBuilder english = new StringBuilder(lead.english()).append(action.english());
        StringBuilder chinese = new StringBuilder(lead.chinese()).append(action.chinese());
        List<Words> conditions = new ArrayList<>();
        rule.path("constraint").forEach(c -> conditions.add(constraint(c)));
        append(conditions, " if ", "，条件：", english, chinese);
        for (String inner : List.of("duty", "odrl:remedy", "odrl:consequence")) {
            List<Words> more = new ArrayList<>();
            rule.path(inner).forEach(d -> more.add(rule(Terms.bare(inner), d)));
            append(more, "; ", "；", english, chinese);
        }
        return new Words(english.toString(), chinese.toString());
    }

    private static void append(
            List<Words> parts,
            String leadEnglish,
            String leadChinese,
            StringBuilder english,
            StringBuilder chinese) {
        if (!parts.isEmpty()) {
            english.append(leadEnglish)
                    .append(String.join(" and ", parts.stream().map(Words::english).toList()));
            chinese.append(leadChinese)
                    .append(String.join("，且", parts.stream().map(Words::chinese).toList()));
        }
    }

    private static Words action(JsonNode action) {
        String term =
                Terms.bare(action.isObject() ? action.path("@id").asString("") : plain(action));
        return ACTIONS.getOrDefault(term, new Words(term, term));
    }

    /** A condition, {@code number of uses at most 10}. */
    public static Words constraint(JsonNode constraint) {
        for (Map.Entry<String, Words> connective : CONNECTIVES.entrySet()) {
            JsonNode parts = constraint.path(connective.getKey());
            if (parts.isMissingNode()) {
                parts = constraint.path(Terms.PREFIX + connective.getKey());
            }
            if (parts.isArray()) {
                List<Words> words = new ArrayList<>();
                parts.forEach(part -> words.add(constraint(part)));
                Words by = connective.getValue();
                return new Words(
                        "("
                                + joined(words.stream().map(Words::english).toList(), by.english())
                                + ")",
                        "（"
                                + joined(words.stream().map(Words::chinese).toList(), by.chinese())
                                + "）");
            }
        }
        String left = Terms.bare(constraint.path("leftOperand").asString("?"));
        String operator = Terms.bare(constraint.path("operator").asString("?"));
        String value = plain(constraint.path("rightOperand"));
        String unit = constraint.path("odrl:unit").asString("");
        Words what = OPERANDS.getOrDefault(left, new Words(left, left));
        Words how = OPERATORS.getOrDefault(operator, new Words(operator, operator));
        if (left.equals("count") && !unit.isEmpty()) {
            what = new Words("number of " + unit, unit + " 数量");
            unit = "";
        }
        String shown = unit.isEmpty() ? value : value + " " + unit;
        return new Words(
                what.english() + " " + how.english() + " " + shown,
                what.chinese() + how.chinese() + " " + shown);
    }

    private static String joined(List<String> parts, String by) {
        return String.join(" " + by + " ", parts);
    }

    /** A price of a tariff, {@code 2.500 CNY for each 1 use}. */
    public static Words price(JsonNode price, String currency) {
        String money = money(price.path("milli").asLong(0)) + " " + currency;
        return switch (price.path("model").asString("steps")) {
            case "subscription" -> {
                boolean day = price.path("every").asString("").equals("day");
                yield new Words(
                        money + " for each " + (day ? "day" : "month"),
                        "每" + (day ? "日 " : "月 ") + money);
            }
            case "bounds" ->
                    new Words(
                            "monthly minimum "
                                    + money(price.path("minimumMilli").asLong(0))
                                    + cap(price, ", cap ")
                                    + " "
                                    + currency,
                            "每月最低 "
                                    + money(price.path("minimumMilli").asLong(0))
                                    + cap(price, "，封顶 ")
                                    + " "
                                    + currency);
            case "tiered" -> {
                String tiers = price.path("tiers").toString();
                yield new Words(
                        "tiers for " + step(price) + ": " + tiers,
                        "阶梯价，每 " + step(price) + "：" + tiers);
            }
            default ->
                    new Words(money + " for each " + step(price), "每 " + step(price) + "：" + money);
        };
    }

    private static String cap(JsonNode price, String lead) {
        return price.has("capMilli") ? lead + money(price.path("capMilli").asLong()) : "";
    }

    private static String step(JsonNode price) {
        String flavour = price.path("flavour").asString("");
        return price.path("per").asLong(1)
                + " "
                + price.path("unit").asString("")
                + (flavour.isEmpty() ? "" : " (" + flavour + ")");
    }

    /** Thousandths as a decimal number. */
    private static String money(long milli) {
        return java.math.BigDecimal.valueOf(milli, 3).toPlainString();
    }

    /** Texts as they are, several with commas, typed values without their type. */
    private static String plain(JsonNode value) {
        if (value.isArray()) {
            List<String> all = new ArrayList<>();
            value.forEach(v -> all.add(plain(v)));
            return String.join(", ", all);
        }
        if (value.isObject()) {
            return plain(value.has("@value") ? value.get("@value") : value.path("@id"));
        }
        return value.isMissingNode() ? "" : value.asString(value.toString());
    }
}
