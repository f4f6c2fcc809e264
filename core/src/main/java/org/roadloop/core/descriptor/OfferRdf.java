package org.roadloop.core.descriptor;

import java.util.Set;
import org.roadloop.core.asset.AssetJson;
import org.roadloop.core.asset.Description;
import org.roadloop.core.asset.Offer;
import org.roadloop.core.clearing.Tariff;
import org.roadloop.core.ledger.Jcs;
import org.roadloop.core.policy.Policy;
import tools.jackson.databind.JsonNode;

/**
 * An offer as ODRL 2.2 in RDF (要约的 ODRL 形式), with its tariff as JSON text beside the rules: the
 * same policy as in the Dataspace Protocol, whose JSON it is made from.
 */
final class OfferRdf {
    /** Members whose values are terms of ODRL, or of a profile by their prefix. */
    private static final Set<String> OF_TERMS = Set.of("action", "leftOperand", "operator");

    /** Members whose values name somebody or something. */
    private static final Set<String> OF_IRIS =
            Set.of("assigner", "assignee", "target", "profile", "odrl:source", "odrl:conflict");

    private OfferRdf() {}

    static Term.Resource of(Offer offer, String product) {
        Policy policy = offer.policy().withTarget(null);
        JsonNode json = policy.toJson();
        Term.Resource resource =
                new Term.Resource(name(offer.id(), product), "odrl:Offer", "odrl:Policy");
        resource.text("dct:identifier", offer.id());
        members(json, resource);
        resource.link("odrl:target", product);
        if (!offer.tariff().equals(Tariff.FREE)) {
            resource.typed(Offer.TARIFF, Jcs.text(AssetJson.write(offer.tariff())), "rdf:JSON");
        }
        return resource;
    }

    /** An id that is no IRI stands under the product. */
    private static String name(String id, String product) {
        return Description.isIri(id)
                ? id
                : product + "#offer-" + id.replaceAll("[^A-Za-z0-9._-]", "_");
    }

    private static void members(JsonNode json, Term.Resource to) {
        for (var member : json.properties()) {
            String name = member.getKey();
            if (name.startsWith("@") || name.equals(Offer.TARIFF)) {
                continue;
            }
            String property = name.indexOf(':') < 0 ? "odrl:" + name : name;
            if (!Vocabulary.isPrefixed(property)) {
                continue; // of another's profile, which has no meaning here
            }
            if (member.getValue().isArray()) {
                member.getValue().forEach(one -> to.add(property, value(name, one)));
            } else {
                to.add(property, value(name, member.getValue()));
            }
        }
    }

    private static Term value(String member, JsonNode json) {
        if (json.isObject()) {
            return json.has("@value") ? literal(json) : nested(json, OF_TERMS.contains(member));
        }
        String text = json.asString();
        if (OF_TERMS.contains(member)) {
            return new Term.Iri(term(text));
        }
        return OF_IRIS.contains(member) && text.indexOf(':') > 0
                ? new Term.Iri(text)
                : new Term.Literal(text, "", "");
    }

    private static Term.Literal literal(JsonNode json) {
        String type = json.path("@type").asString("");
        return new Term.Literal(
                json.path("@value").asString(""), Vocabulary.isPrefixed(type) ? type : "", "");
    }

    /** A refined action has the action's name as {@code rdf:value}, as in ODRL §2.5.2. */
    private static Term.Resource nested(JsonNode json, boolean refined) {
        String type = json.path("@type").asString("");
        String id = json.path("@id").asString("");
        String typed = type.isEmpty() || type.indexOf(':') > 0 ? type : "odrl:" + type;
        boolean named = !refined && id.indexOf(':') > 0;
        Term.Resource resource =
                Vocabulary.isPrefixed(typed)
                        ? new Term.Resource(named ? id : null, typed)
                        : new Term.Resource(named ? id : null);
        if (refined && !id.isEmpty()) {
            resource.link("rdf:value", term(id));
        }
        members(json, resource);
        return resource;
    }

    private static String term(String text) {
        return text.indexOf(':') > 0 ? text : "odrl:" + text;
    }
}
