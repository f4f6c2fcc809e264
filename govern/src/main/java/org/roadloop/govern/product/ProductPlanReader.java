package org.roadloop.govern.product;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.roadloop.govern.plan.YamlTree;

/** Reads a {@link ProductPlan} from YAML; every complaint names the line. */
public final class ProductPlanReader {
    /** Plans that come with the platform, as examples to begin with. */
    public static final List<String> EXAMPLES =
            List.of("energy_by_hour", "traffic_flow", "shared_trajectories");

    private ProductPlanReader() {}

    public static ProductPlan parse(String yaml) {
        return PlanBinder.bind(ProductPlan.class, YamlTree.parse(yaml), "the plan");
    }

    /** The text of one of {@link #EXAMPLES}. */
    public static String example(String name) {
        try (InputStream in = ProductPlanReader.class.getResourceAsStream(name + ".yaml")) {
            if (in == null) {
                throw new IllegalArgumentException(
                        "no example '" + name + "'; there are " + EXAMPLES);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the example " + name, e);
        }
    }
}
