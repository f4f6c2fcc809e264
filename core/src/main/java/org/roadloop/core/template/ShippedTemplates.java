package org.roadloop.core.template;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/** The templates that come with the platform (内置模板), from {@code templates.json} beside this. */
final class ShippedTemplates {
    private ShippedTemplates() {}

    /** Read at the first look at templates: a start without needs none. */
    private static final class Holder {
        static final List<Template> ALL = load();
    }

    static List<Template> list() {
        return Holder.ALL;
    }

    static Optional<Template> find(String name) {
        return Holder.ALL.stream().filter(t -> t.name().equals(name)).findFirst();
    }

    private static List<Template> load() {
        try (InputStream in = ShippedTemplates.class.getResourceAsStream("templates.json")) {
            if (in == null) {
                throw new IllegalStateException("templates.json is missing from this build");
            }
            List<Template> all = new ArrayList<>();
            JsonMapper.shared().readTree(in).forEach(json -> all.add(Template.read(json)));
            return List.copyOf(all);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
