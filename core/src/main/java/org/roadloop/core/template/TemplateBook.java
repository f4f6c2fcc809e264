package org.roadloop.core.template;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.roadloop.core.asset.Offer;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The templates of one participant (模板库), every version: the fold of {@code template.published},
 * and those that ship with the platform until they are first used. Any thread.
 */
public final class TemplateBook {
    public static final String PUBLISHED = "template.published";

    private final Ledger ledger;
    private final String did;
    private final Clock clock;
    private final NavigableMap<String, NavigableMap<Integer, Template>> published =
            new ConcurrentSkipListMap<>();

    /** Replays the ledger. */
    public TemplateBook(Ledger ledger, String did, Clock clock) {
        this.ledger = ledger;
        this.did = did;
        this.clock = clock;
        try (Stream<Entry> entries = ledger.read(0, Set.of(PUBLISHED))) {
            entries.forEach(this::follow);
        }
    }

    /** Takes over what another node has appended. */
    public void follow(Entry entry) {
        if (entry.event().type().equals(PUBLISHED)
                && entry.event().body() instanceof Event.Inline inline) {
            keep(Template.read(inline.json()));
        }
    }

    private void keep(Template template) {
        published
                .computeIfAbsent(template.name(), n -> new ConcurrentSkipListMap<>())
                .putIfAbsent(template.version(), template);
    }

    /**
     * Publishes a template, or the next version under its name.
     *
     * @throws IllegalArgumentException if it makes no valid offer
     */
    public synchronized Template publish(JsonNode json) {
        Template template = Template.read(json);
        int next = listVersions(template.name()).size() + 1;
        return publish(template.withVersion(next));
    }

    private Template publish(Template template) {
        String subject = "template:" + template.name();
        ledger.append(
                List.of(Event.of(PUBLISHED, clock.instant(), did, subject, template.toJson())),
                Map.of(subject, ledger.version(subject)));
        keep(template);
        return template;
    }

    /** The newest version of each, by name. */
    public List<Template> list() {
        NavigableMap<String, Template> all = new java.util.TreeMap<>();
        ShippedTemplates.list().forEach(t -> all.put(t.name(), t));
        published.forEach((name, versions) -> all.put(name, versions.lastEntry().getValue()));
        return List.copyOf(all.values());
    }

    /** Oldest first; none if the name is not known. */
    public List<Template> listVersions(String name) {
        NavigableMap<Integer, Template> versions = new java.util.TreeMap<>();
        ShippedTemplates.find(name).ifPresent(t -> versions.put(t.version(), t));
        versions.putAll(published.getOrDefault(name, new java.util.TreeMap<>()));
        return List.copyOf(versions.values());
    }

    /**
     * @throws NoSuchElementException naming those there are
     */
    public Template get(String name, int version) {
        List<Template> versions = listVersions(name);
        if (versions.isEmpty()) {
            throw new NoSuchElementException(
                    "no template '"
                            + name
                            + "'; there are "
                            + list().stream().map(Template::name).toList());
        }
        return versions.stream()
                .filter(t -> t.version() == version)
                .findFirst()
                .orElseThrow(
                        () ->
                                new NoSuchElementException(
                                        "template '"
                                                + name
                                                + "' has no version "
                                                + version
                                                + "; its last is "
                                                + versions.getLast().version()));
    }

    /**
     * An offer from a template; one that ships with the platform is published by its first use.
     *
     * @throws IllegalArgumentException that names the value that is missing or not allowed
     */
    public synchronized Offer offer(String name, int version, String offerId, JsonNode values) {
        Template template = get(name, version);
        Offer offer = template.offer(offerId, values);
        if (!published.getOrDefault(name, new java.util.TreeMap<>()).containsKey(version)) {
            publish(template);
        }
        return offer;
    }

    /**
     * An asset's JSON with {@code {template, version, values, id}} of its offers made policy and
     * tariff.
     */
    public void expand(ObjectNode asset) {
        if (!asset.path("offers").isArray()) {
            return;
        }
        List<JsonNode> offers = new ArrayList<>();
        asset.get("offers").forEach(offers::add);
        for (int i = 0; i < offers.size(); i++) {
            JsonNode from = offers.get(i);
            if (from.has("template")) {
                String name = from.get("template").asString("");
                Offer offer =
                        offer(
                                name,
                                from.path("version").asInt(1),
                                from.path("id").asString(name + "-" + (i + 1)),
                                from.path("values"));
                ObjectNode entry = asset.objectNode();
                entry.set("policy", offer.policy().toJson());
                entry.set("tariff", org.roadloop.core.asset.AssetJson.write(offer.tariff()));
                ((tools.jackson.databind.node.ArrayNode) asset.get("offers")).set(i, entry);
            }
        }
    }
}
