package org.roadloop.core.asset;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.identity.NationalIdentifier;
import org.roadloop.core.policy.MemberException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A description as it stands in {@code asset.offered} and in the API (资源描述的 JSON 形式). What is empty
 * is left out; a member that is not known is refused.
 *
 * <pre>
 * {"titles": {"de": "…"}, "texts": {"en": "…", "zh": "…"}, "keywords": ["轨迹"],
 *  "themes": ["http://publications.europa.eu/resource/authority/data-theme/TRAN"],
 *  "license": "https://…", "publisherName": "…", "publisherIdentifiers": {"uscc": "…"},
 *  "version": "2.1", "spatial": ["CN-31-0115"],
 *  "temporal": {"start": "2026-01-01T00:00:00Z", "end": "2026-07-01T00:00:00Z"},
 *  "accrualPeriodicity": "https://w3id.org/mobilitydcat-ap/update-frequency/1min",
 *  "mobility": {"mobilityTheme": ["road-events-and-conditions"], "transportMode": ["car"]},
 *  "identifiers": [{"scheme": "dataIdentifier", "authority": "…", "value": "…"}],
 *  "registration": {"rightsBasis": "…", "scenes": "…"}}
 * </pre>
 */
final class DescriptionJson {
    private DescriptionJson() {}

    static ObjectNode write(Description d) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        texts(json, "titles", d.titles());
        texts(json, "texts", d.texts());
        list(json, "keywords", d.keywords());
        list(json, "themes", d.themes());
        text(json, "license", d.license());
        text(json, "publisherName", d.publisherName());
        texts(json, "publisherIdentifiers", d.publisherIdentifiers());
        text(json, "version", d.version());
        list(json, "spatial", d.spatial());
        Description.Period period = d.temporal();
        if (period != null) {
            ObjectNode temporal = json.putObject("temporal");
            text(temporal, "start", period.start() == null ? "" : period.start().toString());
            text(temporal, "end", period.end() == null ? "" : period.end().toString());
        }
        text(json, "accrualPeriodicity", d.accrualPeriodicity());
        if (!d.mobility().isEmpty()) {
            ObjectNode mobility = json.putObject("mobility");
            d.mobility().forEach((term, concepts) -> list(mobility, term, concepts));
        }
        if (!d.identifiers().isEmpty()) {
            ArrayNode identifiers = json.putArray("identifiers");
            for (NationalIdentifier identifier : d.identifiers()) {
                ObjectNode one = identifiers.addObject().put("scheme", identifier.scheme());
                one.put("authority", identifier.authority()).put("value", identifier.value());
            }
        }
        texts(json, "registration", d.registration());
        return json;
    }

    private static void text(ObjectNode json, String name, String value) {
        if (!value.isEmpty()) {
            json.put(name, value);
        }
    }

    private static void texts(ObjectNode json, String name, Map<String, String> values) {
        if (!values.isEmpty()) {
            ObjectNode object = json.putObject(name);
            values.forEach(object::put);
        }
    }

    private static void list(ObjectNode json, String name, List<String> values) {
        if (!values.isEmpty()) {
            AssetJson.strings(json.putArray(name), values);
        }
    }

    /**
     * @throws IllegalArgumentException says which member is wrong
     */
    static Description read(JsonNode json) {
        Members members = new Members(json, "/description");
        Map<String, List<String>> mobility = new TreeMap<>();
        for (var term : members.object("mobility").properties()) {
            mobility.put(
                    term.getKey(),
                    strings(term.getValue(), "/description/mobility/" + term.getKey()));
        }
        Description description =
                new Description(
                        members.texts("titles"),
                        members.texts("texts"),
                        members.list("keywords"),
                        members.list("themes"),
                        members.text("license"),
                        members.text("publisherName"),
                        members.texts("publisherIdentifiers"),
                        members.text("version"),
                        members.list("spatial"),
                        period(members.object("temporal")),
                        members.text("accrualPeriodicity"),
                        mobility,
                        identifiers(members.member("identifiers")),
                        members.texts("registration"));
        members.end();
        return description;
    }

    private static List<NationalIdentifier> identifiers(JsonNode json) {
        String at = "/description/identifiers";
        if (!json.isMissingNode() && !json.isArray()) {
            throw new MemberException(at, "an array is expected");
        }
        List<NationalIdentifier> identifiers = new ArrayList<>();
        for (int i = 0; i < json.size(); i++) {
            Members one = new Members(json.get(i), at + "/" + i);
            try {
                identifiers.add(
                        NationalIdentifier.of(
                                one.text("scheme"), one.text("authority"), one.text("value")));
            } catch (IllegalArgumentException e) {
                throw new MemberException(at + "/" + i, String.valueOf(e.getMessage()));
            }
            one.end();
        }
        return identifiers;
    }

    private static Description.@Nullable Period period(JsonNode json) {
        if (json.isEmpty()) {
            return null;
        }
        Members members = new Members(json, "/description/temporal");
        Description.Period period =
                new Description.Period(members.instant("start"), members.instant("end"));
        members.end();
        return period;
    }

    private static List<String> strings(JsonNode json, String at) {
        if (!json.isArray()) {
            throw new MemberException(at, "an array is expected");
        }
        List<String> values = new ArrayList<>();
        for (JsonNode value : json) {
            if (!value.isString()) {
                throw new MemberException(at, "an array of texts is expected");
            }
            values.add(value.asString());
        }
        return values;
    }

    /** An object whose members are asked for one by one; what is left over is not known. */
    private record Members(JsonNode json, String at, List<String> known) {
        Members(JsonNode json, String at) {
            this(json, at, new ArrayList<>());
            if (!json.isObject()) {
                throw new MemberException(at, "an object is expected");
            }
        }

        private JsonNode member(String name) {
            known.add(name);
            return json.path(name);
        }

        JsonNode object(String name) {
            JsonNode value = member(name);
            if (!value.isMissingNode() && !value.isObject()) {
                throw new MemberException(at + "/" + name, "an object is expected");
            }
            return value;
        }

        String text(String name) {
            JsonNode value = member(name);
            if (!value.isMissingNode() && !value.isString()) {
                throw new MemberException(at + "/" + name, "a text is expected");
            }
            return value.asString("");
        }

        @Nullable Instant instant(String name) {
            String text = text(name);
            try {
                return text.isEmpty() ? null : Instant.parse(text);
            } catch (DateTimeException e) {
                throw new MemberException(
                        at + "/" + name, "an instant like 2026-01-01T00:00:00Z is expected");
            }
        }

        List<String> list(String name) {
            JsonNode value = member(name);
            return value.isMissingNode() ? List.of() : strings(value, at + "/" + name);
        }

        Map<String, String> texts(String name) {
            Map<String, String> texts = new HashMap<>();
            for (var text : object(name).properties()) {
                if (!text.getValue().isString()) {
                    throw new MemberException(
                            at + "/" + name + "/" + text.getKey(), "a text is expected");
                }
                texts.put(text.getKey(), text.getValue().asString());
            }
            return texts;
        }

        void end() {
            for (var member : json.properties()) {
                if (!known.contains(member.getKey())) {
                    throw new MemberException(
                            at + "/" + member.getKey(),
                            "is not known; members are " + String.join(", ", known));
                }
            }
        }
    }
}
