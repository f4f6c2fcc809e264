package org.roadloop.app.config;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.roadloop.compute.site.Images;

/**
 * The file of {@code ./roadloop agent} (代理配置文件): docs/compute.md shows one. Relative paths start
 * from the file.
 *
 * @param platform address of the platform that is served
 * @param site its name there
 * @param token file, mode 600, with the text of the platform's {@code tokenSecret}
 * @param caFile PEM certificates that are trusted for the platform; empty: the JDK's
 * @param allowPlainHttp also to other machines
 * @param home private folder of the agent
 * @param slots runs at the same time
 * @param memoryMb of a slot
 * @param images names that run on this machine's own programs
 * @param allowPlainProcess without bubblewrap
 */
public record AgentConfig(
        URI platform,
        String site,
        Path token,
        Optional<Path> caFile,
        boolean allowPlainHttp,
        Path home,
        int slots,
        double speedFactor,
        long memoryMb,
        long priceMilliPerSecond,
        List<String> images,
        boolean allowPlainProcess) {
    public AgentConfig {
        images = List.copyOf(images);
    }

    /**
     * @throws ConfigException names every fault with its line
     */
    public static AgentConfig load(Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        Path folder = file.toAbsolutePath().getParent();
        Section.Faults faults = new Section.Faults(name);
        Section root =
                new Section(faults, "", Config.compose(Files.readString(file), name, faults));
        AgentConfig config = read(root, folder == null ? Path.of("") : folder);
        root.end();
        faults.throwIfAny();
        return config;
    }

    private static AgentConfig read(Section s, Path folder) {
        String platform = s.required("platform", "https://platform.example.org");
        URI address = URI.create("https://platform.example.org");
        try {
            address = new URI(platform);
        } catch (java.net.URISyntaxException e) {
            s.fault("platform '" + platform + "' is no address: " + e.getReason());
        }
        return new AgentConfig(
                address,
                s.required("site", "park"),
                folder.resolve(s.required("token", "park.token")),
                Optional.of(s.text("caFile", "")).filter(f -> !f.isEmpty()).map(folder::resolve),
                s.flag("allowPlainHttp", false),
                folder.resolve(s.required("home", "agent-home")),
                (int) s.whole("slots", 2, 1, 100_000),
                s.decimal("speedFactor", 1.0, 0.001, 1e6),
                s.whole("memoryMb", 1024, 64, 1L << 24),
                s.whole("priceMilliPerSecond", 10, 0, 1_000_000_000L),
                s.has("images") ? s.texts("images") : Images.COMMON,
                s.flag("allowPlainProcess", false));
    }
}
