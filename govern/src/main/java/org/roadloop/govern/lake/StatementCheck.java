package org.roadloop.govern.lake;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.roadloop.core.table.TableQuery.RefusedException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Whether a statement may run (语句检查): one SELECT, of relations and functions that are on a list.
 *
 * <p>The engine's own parser gives the tree, the same that is run; whatever node, function or type
 * is not listed here is refused, so what a later version of the engine can do besides is refused,
 * too. This is the second wall. The first is that the engine a statement runs in has nothing but
 * the rows it may see.
 *
 * <p>Functions that make a value longer than what they were given are left out ({@code repeat},
 * {@code lpad}, {@code string_agg}, lists): the engine's memory limit does not count the text of a
 * batch. Joining texts is counted instead: four times doubles a text of {@value #MOST_LITERAL}
 * characters to 16,000.
 */
final class StatementCheck {
    static final int MOST_CHARACTERS = 16_384;
    static final int MOST_LITERAL = 1_000;
    static final int MOST_JOINED_TEXTS = 4;

    private static final Set<String> NODES =
            Set.of(
                    "SELECT_NODE",
                    "SET_OPERATION_NODE",
                    "BASE_TABLE",
                    "SUBQUERY",
                    "JOIN",
                    "EMPTY",
                    "EXPRESSION_LIST",
                    "ORDER_MODIFIER",
                    "LIMIT_MODIFIER",
                    "DISTINCT_MODIFIER",
                    "ORDER_DEFAULT",
                    "ASCENDING",
                    "DESCENDING");

    private static final Set<String> EXPRESSIONS =
            Set.of(
                    "CONSTANT",
                    "COLUMN_REF",
                    "COMPARISON",
                    "CONJUNCTION",
                    "CASE",
                    "CAST",
                    "BETWEEN",
                    "STAR",
                    "SUBQUERY",
                    "TYPE",
                    "OPERATOR",
                    "FUNCTION",
                    "WINDOW");

    private static final Set<String> OPERATORS =
            Set.of(
                    "OPERATOR_NOT",
                    "OPERATOR_IS_NULL",
                    "OPERATOR_IS_NOT_NULL",
                    "COMPARE_IN",
                    "COMPARE_NOT_IN",
                    "OPERATOR_COALESCE");

    private static final Set<String> TYPES =
            Set.of(
                    "BOOLEAN",
                    "BOOL",
                    "TINYINT",
                    "SMALLINT",
                    "INTEGER",
                    "INT",
                    "BIGINT",
                    "HUGEINT",
                    "FLOAT",
                    "REAL",
                    "DOUBLE",
                    "DECIMAL",
                    "NUMERIC",
                    "VARCHAR",
                    "TEXT",
                    "STRING",
                    "DATE",
                    "TIME",
                    "TIMESTAMP",
                    "TIMESTAMPTZ",
                    "TIMESTAMP WITH TIME ZONE",
                    "INTERVAL");

    private static final Set<String> FUNCTIONS =
            Set.of(
                    // operators
                    "+",
                    "-",
                    "*",
                    "/",
                    "//",
                    "%",
                    "^",
                    "**",
                    "&",
                    "|",
                    "~",
                    "<<",
                    ">>",
                    "~~",
                    "!~~",
                    "~~*",
                    "!~~*",
                    "like_escape",
                    "not_like_escape",
                    // numbers
                    "abs",
                    "ceil",
                    "ceiling",
                    "floor",
                    "round",
                    "trunc",
                    "sign",
                    "sqrt",
                    "cbrt",
                    "exp",
                    "ln",
                    "log",
                    "log2",
                    "log10",
                    "pow",
                    "power",
                    "mod",
                    "sin",
                    "cos",
                    "tan",
                    "asin",
                    "acos",
                    "atan",
                    "atan2",
                    "radians",
                    "degrees",
                    "pi",
                    "greatest",
                    "least",
                    "isnan",
                    "isinf",
                    "isfinite",
                    "nullif",
                    "ifnull",
                    "coalesce",
                    "width_bucket",
                    // texts
                    "lower",
                    "upper",
                    "trim",
                    "ltrim",
                    "rtrim",
                    "length",
                    "len",
                    "strlen",
                    "substr",
                    "substring",
                    "left",
                    "right",
                    "contains",
                    "starts_with",
                    "prefix",
                    "suffix",
                    "ends_with",
                    "strpos",
                    "instr",
                    "position",
                    "reverse",
                    "split_part",
                    "regexp_matches",
                    "regexp_full_match",
                    "regexp_extract",
                    "md5",
                    "sha256",
                    "hash",
                    "||",
                    "concat",
                    "concat_ws",
                    // times
                    "date_trunc",
                    "datetrunc",
                    "date_part",
                    "datepart",
                    "extract",
                    "date_diff",
                    "datediff",
                    "date_sub",
                    "date_add",
                    "time_bucket",
                    "epoch",
                    "epoch_ms",
                    "epoch_us",
                    "epoch_ns",
                    "to_timestamp",
                    "make_timestamp",
                    "make_timestamptz",
                    "make_date",
                    "year",
                    "month",
                    "day",
                    "hour",
                    "minute",
                    "second",
                    "dayofweek",
                    "dayofyear",
                    "week",
                    "isodow",
                    "quarter",
                    "to_seconds",
                    "to_minutes",
                    "to_hours",
                    "to_days",
                    "to_milliseconds",
                    "to_microseconds",
                    "strftime",
                    // aggregates with a state of one size
                    "count",
                    "count_star",
                    "sum",
                    "avg",
                    "mean",
                    "min",
                    "max",
                    "any_value",
                    "first",
                    "last",
                    "arg_min",
                    "arg_max",
                    "min_by",
                    "max_by",
                    "bool_and",
                    "bool_or",
                    "bit_and",
                    "bit_or",
                    "bit_xor",
                    "product",
                    "fsum",
                    "kahan_sum",
                    "favg",
                    "count_if",
                    "countif",
                    "stddev",
                    "stddev_pop",
                    "stddev_samp",
                    "variance",
                    "var_pop",
                    "var_samp",
                    "skewness",
                    "kurtosis",
                    "corr",
                    "covar_pop",
                    "covar_samp",
                    "regr_slope",
                    "regr_intercept",
                    "regr_r2",
                    "regr_count",
                    "regr_avgx",
                    "regr_avgy",
                    "entropy",
                    "approx_count_distinct",
                    "approx_quantile",
                    // windows
                    "row_number",
                    "rank",
                    "dense_rank",
                    "percent_rank",
                    "cume_dist",
                    "ntile",
                    "lag",
                    "lead",
                    "first_value",
                    "last_value",
                    "nth_value");

    private static final Set<String> JOINING = Set.of("||", "concat", "concat_ws");

    /** Names under which the engine keeps what it knows of itself. */
    private static final List<String> RESERVED = List.of("duckdb_", "pragma_", "sqlite_", "pg_");

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS).build();

    private final Set<String> relations;
    private final Set<String> named = new HashSet<>();
    private int joinedTexts;

    private StatementCheck(Set<String> relations) {
        this.relations = relations;
    }

    /**
     * @param relations the names that the statement may use
     * @throws RefusedException if it may not run
     */
    static void check(Connection engine, String sql, Set<String> relations) throws SQLException {
        if (sql.length() > MOST_CHARACTERS) {
            throw refused(
                    "statement_too_long",
                    "the statement has "
                            + sql.length()
                            + " characters; at most "
                            + MOST_CHARACTERS);
        }
        if (sql.isBlank() || sql.indexOf('\0') >= 0) {
            throw refused("one_select_only", "send one SELECT");
        }
        JsonNode tree = parse(engine, sql);
        if (tree.path("error").asBoolean(true)) {
            if (tree.path("error_type").asString("").equals("not implemented")) {
                throw refused(
                        "one_select_only",
                        "only one SELECT is answered, no other kind of statement");
            }
            throw refused("sql_error", firstLine(tree.path("error_message").asString("")));
        }
        JsonNode statements = tree.required("statements");
        if (statements.size() != 1) {
            throw refused(
                    "one_select_only",
                    "only one SELECT is answered, and these are "
                            + statements.size()
                            + " statements");
        }
        StatementCheck check = new StatementCheck(relations);
        check.names(statements);
        check.walk(statements);
    }

    private static JsonNode parse(Connection engine, String sql) throws SQLException {
        try (Statement statement = engine.createStatement();
                ResultSet tree =
                        statement.executeQuery(
                                "SELECT CAST(json_serialize_sql("
                                        + Sql.text(sql)
                                        + ") AS VARCHAR)")) {
            tree.next();
            return JSON.readTree(tree.getString(1));
        } catch (tools.jackson.core.JacksonException e) {
            throw refused("statement_too_deep", "the statement nests too deeply");
        }
    }

    static String firstLine(String message) {
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }

    private static RefusedException refused(String code, String message) {
        return new RefusedException(code, message);
    }

    /** Collects the names that the statement itself gives to parts of it. */
    private void names(JsonNode node) {
        if (node.isObject() && node.has("cte_map")) {
            for (JsonNode entry : node.path("cte_map").path("map")) {
                String name = entry.path("key").asString("").toLowerCase(Locale.ROOT);
                if (!name.matches("[a-z_][a-z0-9_]{0,62}")
                        || RESERVED.stream().anyMatch(name::startsWith)) {
                    throw refused("name_not_allowed", "WITH may not name a part '" + name + "'");
                }
                named.add(name);
            }
        }
        for (JsonNode child : node) {
            names(child);
        }
    }

    private void walk(JsonNode node) {
        if (node.isObject()) {
            if (node.path("class").isString()) {
                expression(node);
            } else if (node.path("type").isString()) {
                part(node);
            }
            if (node.path("sample").isObject()) {
                throw refused("construct_not_allowed", "TABLESAMPLE is not answered");
            }
        }
        for (JsonNode child : node) {
            walk(child);
        }
    }

    private void part(JsonNode node) {
        String type = node.path("type").asString();
        switch (type) {
            case "RECURSIVE_CTE_NODE" ->
                    throw refused("recursion_not_allowed", "WITH RECURSIVE is not answered");
            case "TABLE_FUNCTION" ->
                    throw refused(
                            "function_not_allowed",
                            "no function is read as a table: "
                                    + node.path("function").path("function_name").asString(""));
            case "BASE_TABLE" -> relation(node);
            default -> {
                if (!NODES.contains(type)) {
                    throw refused(
                            "construct_not_allowed",
                            "'" + type.toLowerCase(Locale.ROOT) + "' is not answered");
                }
            }
        }
    }

    private void relation(JsonNode node) {
        String name = node.path("table_name").asString("");
        boolean plain =
                node.path("qualified_name").path("path").size() == 1
                        && node.path("schema_name").asString("").isEmpty()
                        && node.path("catalog_name").asString("").isEmpty()
                        && !node.path("at_clause").isObject();
        String lower = name.toLowerCase(Locale.ROOT);
        if (!plain || !(relations.contains(lower) || named.contains(lower))) {
            throw refused(
                    "unknown_table",
                    (name.matches("\\w{1,63}") ? "no table '" + name + "'" : "no such table")
                            + " can be asked; there is "
                            + String.join(", ", new TreeSet<>(relations)));
        }
    }

    private void expression(JsonNode node) {
        String kind = node.path("class").asString();
        if (!EXPRESSIONS.contains(kind)) {
            throw refused(
                    "construct_not_allowed",
                    "'" + kind.toLowerCase(Locale.ROOT) + "' is not answered");
        }
        switch (kind) {
            case "CONSTANT" -> {
                if (node.path("literal").path("text").asString("").length() > MOST_LITERAL) {
                    throw refused(
                            "literal_too_long",
                            "a literal has at most " + MOST_LITERAL + " characters");
                }
            }
            case "OPERATOR" -> {
                String type = node.path("type").asString("");
                if (!OPERATORS.contains(type)) {
                    throw refused(
                            "construct_not_allowed",
                            "'" + type.toLowerCase(Locale.ROOT) + "' is not answered");
                }
            }
            case "TYPE" -> {
                String type = node.path("type_name").asString("").toUpperCase(Locale.ROOT);
                if (!TYPES.contains(type) || node.path("qualified_name").path("path").size() > 1) {
                    throw refused("type_not_allowed", "type " + type + " is not answered");
                }
            }
            case "FUNCTION", "WINDOW" -> function(node);
            default -> {}
        }
    }

    private void function(JsonNode node) {
        String name = node.path("function_name").asString("").toLowerCase(Locale.ROOT);
        if (!FUNCTIONS.contains(name) || node.path("qualified_name").path("path").size() > 1) {
            throw refused(
                    "function_not_allowed",
                    "function '" + name + "' is not answered; docs/lake.md lists those that are");
        }
        int arguments = node.path("arguments").size();
        if (JOINING.contains(name)) {
            joinedTexts += Math.max(1, arguments - 1);
            if (joinedTexts > MOST_JOINED_TEXTS) {
                throw refused(
                        "too_many_joined_texts",
                        "texts are joined at most " + MOST_JOINED_TEXTS + " times in a statement");
            }
        }
        boolean many = name.equals("min") || name.equals("max");
        if (many && arguments > 1 || name.matches("(arg_|)(min|max)(_by|)") && arguments > 2) {
            throw refused("function_not_allowed", name + " of the first n makes a list");
        }
    }
}
