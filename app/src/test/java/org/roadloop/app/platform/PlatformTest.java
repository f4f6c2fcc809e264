package org.roadloop.app.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.app.config.Config;
import org.roadloop.app.home.Home;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.core.identity.Keystore;

class PlatformTest {
    private static final Config FREE = Config.DEFAULTS.withFreePorts();

    @TempDir Path folder;
    private final List<String> log = new ArrayList<>();

    /** Writes down what is done with it. */
    private final class Recorded implements Part {
        private final String name;
        private final Set<String> needs;
        private final boolean fails;
        private boolean ready = true;

        Recorded(String name, Set<String> needs, boolean fails) {
            this.name = name;
            this.needs = needs;
            this.fails = fails;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Set<String> needs() {
            return needs;
        }

        @Override
        public void start(PlatformContext context) {
            log.add("+" + name);
            assertThat(context.publicUrl().getPort()).as("bound before parts").isPositive();
            assertThat(context.participant().did())
                    .isEqualTo("did:web:localhost%3A" + context.publicUrl().getPort());
            if (fails) {
                throw new IllegalStateException(name + " has no disk");
            }
        }

        @Override
        public List<Route> routes() {
            return List.of(
                    Route.get("/api/v1/" + name, Role.ANYONE, "x", c -> c.json(Map.of("a", name))));
        }

        @Override
        public Map<String, LongSupplier> metrics() {
            return Map.of(name + "_things", () -> 1);
        }

        @Override
        public boolean ready() {
            return ready;
        }

        @Override
        public void close() {
            log.add("-" + name);
        }
    }

    private List<Part> parts(boolean computeFails) {
        return List.of(
                new Recorded("collect", Set.of(), false),
                new Recorded("govern", Set.of("collect"), false),
                new Recorded("dataspace", Set.of(), false),
                new Recorded("compute", Set.of("dataspace"), computeFails));
    }

    @Test
    void partsStartInOrderAnswerAndCloseInReverse() throws Exception {
        List<Part> parts = parts(false);
        Platform platform = Platform.start(Home.open(folder), FREE, parts, Set.of(), "test");
        ApiClient client = new ApiClient(platform.url(), "");
        assertThat(client.get("/api/v1/compute").get("a").asString()).isEqualTo("compute");
        assertThat(client.get("/api/v1/health").toString())
                .contains("\"ready\":true", "\"collect\":true");
        ((Recorded) parts.get(1)).ready = false;
        assertThatThrownBy(() -> client.get("/api/v1/health"))
                .isInstanceOf(ApiClient.Refused.class)
                .extracting(e -> ((ApiClient.Refused) e).status())
                .isEqualTo(503);
        assertThat(client.get("/api/v1/health/live").get("live").asBoolean()).isTrue();
        assertThat(Home.findServer(folder)).isPresent();
        platform.close();
        platform.close();
        assertThat(log)
                .containsExactly(
                        "+collect",
                        "+govern",
                        "+dataspace",
                        "+compute",
                        "-compute",
                        "-dataspace",
                        "-govern",
                        "-collect");
        assertThatThrownBy(() -> client.get("/api/v1/health")).isInstanceOf(ConnectException.class);
        assertThat(Home.findServer(folder)).isEmpty();
        Home.open(folder).close();
    }

    /** Alive, and no good for work: no act can have its evidence. */
    @Test
    void aPlatformWhoseLedgerIsOnHoldIsNotReady() throws Exception {
        AtomicReference<PlatformContext> seen = new AtomicReference<>();
        Part looking =
                new Part() {
                    @Override
                    public String name() {
                        return "looking";
                    }

                    @Override
                    public void start(PlatformContext context) {
                        seen.set(context);
                    }

                    @Override
                    public void close() {}
                };
        try (Platform platform =
                        Platform.start(
                                Home.open(folder), FREE, List.of(looking), Set.of(), "test");
                ApiClient client = new ApiClient(platform.url(), "");
                HttpClient http = HttpClient.newHttpClient()) {
            assertThat(client.get("/api/v1/health").toString()).contains("\"ready\":true");
            seen.get().hold().hold("a witness has seen 7 entries, here are 5");
            HttpResponse<String> health =
                    http.send(
                            HttpRequest.newBuilder(platform.url().resolve("/api/v1/health"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(health.statusCode()).isEqualTo(503);
            assertThat(health.body())
                    .contains("\"ready\":false", "on hold: a witness has seen 7 entries");
            assertThat(client.get("/api/v1/health/live").get("live").asBoolean()).isTrue();
        }
    }

    @Test
    void aPartThatFailsClosesWhatIsOpen() throws Exception {
        Home home = Home.open(folder);
        assertThatThrownBy(() -> Platform.start(home, FREE, parts(true), Set.of(), "test"))
                .hasMessage("compute has no disk");
        assertThat(log).endsWith("+compute", "-compute", "-dataspace", "-govern", "-collect");
        Home.open(folder).close();
    }

    @ParameterizedTest
    @CsvSource({
        "govern, collect govern",
        "compute, dataspace compute",
        "collect, collect",
    })
    void onlyStartsAPartWithItsNeeds(String only, String expected) {
        assertThat(Platform.choose(parts(false), Set.of(only)))
                .extracting(Part::name)
                .containsExactly(expected.split(" "));
    }

    @Test
    void anUnknownPartIsNamedWithTheNearest() {
        assertThatThrownBy(() -> Platform.choose(parts(false), Set.of("dataspcae")))
                .hasMessage(
                        "there is no part 'dataspcae'; did you mean 'dataspace'? parts are collect,"
                                + " govern, dataspace, compute");
    }

    @Test
    void aBrokenInvariantEndsTheWait() throws Exception {
        Part breaking =
                new Part() {
                    @Override
                    public String name() {
                        return "breaking";
                    }

                    @Override
                    public void start(PlatformContext context) {
                        context.fail().accept(new IllegalStateException("sum is not zero"));
                    }

                    @Override
                    public void close() {}
                };
        try (Platform platform =
                Platform.start(Home.open(folder), FREE, List.of(breaking), Set.of(), "test")) {
            assertThat(platform.await()).hasMessage("sum is not zero");
        }
    }

    @Test
    void aRestartFindsItsLedgerUnderAnotherPortAndAnotherKey() throws Exception {
        for (int start = 0; start < 3; start++) {
            Platform.start(Home.open(folder), FREE, List.of(), Set.of(), "test").close();
            Keystore.open(folder.resolve("keys")).rotate("ledger");
        }
        assertThat(Files.readString(folder.resolve("ledger/checkpoint"))).startsWith("roadloop/");
    }
}
