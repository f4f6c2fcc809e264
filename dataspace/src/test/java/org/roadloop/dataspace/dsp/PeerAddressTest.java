package org.roadloop.dataspace.dsp;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.policy.MemberException;

class PeerAddressTest {
    @ParameterizedTest
    @CsvSource({
        "http://203.0.113.9:80, http://198.51.100.7/dsp, ''",
        "http://203.0.113.9:80, https://10.1.2.3:8443/dsp, ''",
        "http://203.0.113.9:80, http://169.254.169.254/latest, this machine",
        "http://203.0.113.9:80, http://127.0.0.1:5432/, this machine",
        "http://203.0.113.9:80, http://[::1]/, this machine",
        "http://203.0.113.9:80, http://0.0.0.0/, this machine",
        "http://localhost:7080, http://localhost:7081/dsp/2025-1, ''",
        "http://localhost:7080, http://user:secret@localhost:7081/, without user",
        "http://localhost:7080, http://localhost:7081/?next=, without user",
        "http://localhost:7080, file:///etc/passwd, http",
        "http://localhost:7080, /dsp, http",
        "http://localhost:7080, 'http://a b', no URL",
    })
    void whereAPeerMayAskToBeCalled(String origin, String address, String flaw) {
        ConnectorConfig config = ConnectorConfig.of(URI.create(origin), Optional.empty());
        if (flaw.isEmpty()) {
            assertThatCode(() -> PeerAddress.check(address, config)).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(() -> PeerAddress.check(address, config))
                    .isInstanceOf(MemberException.class)
                    .hasMessageContaining(flaw)
                    .hasMessageNotContaining("secret");
        }
    }
}
