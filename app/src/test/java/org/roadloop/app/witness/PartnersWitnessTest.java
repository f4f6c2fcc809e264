package org.roadloop.app.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.platform.Platform;
import org.roadloop.core.ledger.Checkpoint;
import org.roadloop.core.ledger.SignedNote;
import org.roadloop.core.ledger.witness.SplitView;
import tools.jackson.databind.JsonNode;

/**
 * The two parties of a contract witness each other: an honest pair is cosigned; a ledger that was
 * restored from an old copy stops; one that goes on all the same is found out by the other party,
 * who keeps both signed notes.
 */
@Tag("slow")
class PartnersWitnessTest {
    private static final String FAST = "ledger: {witnessSeconds: 1, acceptRollback: %d}\n";

    @TempDir Path folder;

    private static String yaml(int port, long acceptRollback) {
        return "http: {port: " + port + "}\n" + FAST.formatted(acceptRollback);
    }

    @Test
    void anHonestPairIsCosignedAndAForkIsFoundOut() throws Exception {
        Path cityHome = folder.resolve("city");
        Path oldCopy = folder.resolve("old");
        try (Platform lab = Towns.start(folder.resolve("lab"), yaml(0, 0));
                ApiClient labApi = Towns.operator(lab)) {
            int port;
            SignedNote.VerifierKey cityKey;
            try (Platform city = Towns.start(cityHome, yaml(0, 0));
                    ApiClient cityApi = Towns.operator(city)) {
                port = city.url().getPort();
                Towns.contract(cityApi, city.url(), labApi);
                cityKey =
                        SignedNote.VerifierKey.parse(
                                Towns.text(URI.create(city.url() + "/api/v1/ledger/key")));
                awaitCosignedBy(city, lab);
                awaitCosignedBy(lab, city);
            }
            Towns.copy(cityHome, oldCopy);
            long remembered;
            try (Platform city = Towns.start(cityHome, yaml(port, 0));
                    ApiClient cityApi = Towns.operator(city)) {
                do {
                    Towns.token(cityApi, "auditor");
                    awaitCosignedBy(city, lab);
                    remembered = witnessed(labApi).path("size").asLong();
                    // The proof of a power of two does not hold the old root.
                } while (Long.bitCount(remembered) == 1);
                assertThat(witnessed(labApi).path("splitViews")).isEmpty();
            }

            Path restored = folder.resolve("restored");
            Towns.copy(oldCopy, restored);
            try (Platform city = Towns.start(restored, yaml(port, 0));
                    ApiClient cityApi = Towns.operator(city)) {
                String hold = cityApi.get("/api/v1/ledger/witnesses").path("hold").asString();
                assertThat(hold).contains("acceptRollback: " + remembered);
                assertThatThrownBy(() -> Towns.token(cityApi, "auditor"))
                        .isInstanceOf(ApiClient.Refused.class)
                        .hasMessageContaining("the ledger is on hold: witness ")
                        .hasMessageContaining("acceptRollback: " + remembered)
                        .extracting(e -> ((ApiClient.Refused) e).status())
                        .isEqualTo(503);
                assertThatThrownBy(() -> cityApi.get("/api/v1/health"))
                        .isInstanceOf(ApiClient.Refused.class);
                assertThat(Towns.text(URI.create(city.url() + "/metrics")))
                        .contains("roadloop_ledger_on_hold 1");
                awaitState(labApi, "shrunk");
            }

            try (Platform city = Towns.start(restored, yaml(port, remembered));
                    ApiClient cityApi = Towns.operator(city)) {
                assertThat(entries(cityApi, "ledger.rollback-accepted")).hasSize(1);
                for (long i = 0; i <= remembered; i++) {
                    Towns.token(cityApi, "auditor");
                }
                awaitState(labApi, "forked");
            }
            JsonNode evidence = awaitEvidence(labApi);
            SplitView view = SplitView.fromJson(evidence.path("body"));
            assertThat(view.convinces(List.of(cityKey))).isTrue();
            assertThat(view.firstSize()).isEqualTo(remembered);
            assertThat(Towns.text(URI.create(lab.url() + "/metrics")))
                    .contains("roadloop_witness_split_views 2");
        }
    }

    private static void awaitCosignedBy(Platform of, Platform by) throws Exception {
        URI cosigned = URI.create(of.url() + "/api/v1/ledger/checkpoint/cosigned");
        URI newest = URI.create(of.url() + "/api/v1/ledger/checkpoint");
        String witnessKey;
        try (ApiClient api = Towns.operator(by)) {
            witnessKey = api.get("/api/v1/ledger/witnesses").path("witnessKey").asString();
        }
        List<SignedNote.VerifierKey> keys = List.of(SignedNote.VerifierKey.parse(witnessKey));
        String[] seen = {""};
        Towns.await(
                "the newest checkpoint of " + of.url() + " cosigned by " + by.url(),
                () -> seen[0],
                () -> {
                    seen[0] = Towns.text(newest) + Towns.text(cosigned);
                    Checkpoint now = SignedNote.parseCheckpointUnverified(Towns.text(newest));
                    try {
                        SignedNote.verify(now.note(), keys);
                        return true;
                    } catch (SignedNote.InvalidNoteException notYet) {
                        return false;
                    }
                });
    }

    private static JsonNode witnessed(ApiClient api) throws Exception {
        return api.get("/api/v1/ledger/witnessed").at("/items/0");
    }

    private static void awaitState(ApiClient api, String state) throws Exception {
        String[] seen = {""};
        Towns.await(
                "state " + state,
                () -> seen[0],
                () -> {
                    seen[0] = witnessed(api).toString();
                    return witnessed(api).path("state").asString("").equals(state);
                });
    }

    private static JsonNode awaitEvidence(ApiClient api) throws Exception {
        List<JsonNode> found = new ArrayList<>();
        Towns.await(
                "evidence of the fork",
                () -> "nothing",
                () -> {
                    found.clear();
                    for (JsonNode entry : entries(api, "ledger.split-view")) {
                        if (entry.at("/body/kind").asString().equals("forked")) {
                            found.add(entry);
                        }
                    }
                    return !found.isEmpty();
                });
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    private static List<JsonNode> entries(ApiClient api, String type) throws Exception {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode entry : api.get("/api/v1/ledger/entries?limit=1000").path("items")) {
            if (entry.path("type").asString().equals(type)) {
                found.add(entry);
            }
        }
        return found;
    }
}
