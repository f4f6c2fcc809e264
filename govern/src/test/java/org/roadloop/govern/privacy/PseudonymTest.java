package org.roadloop.govern.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.roadloop.govern.operator.Keyring;

class PseudonymTest {
    private static final String SYMBOLS = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ";

    private static Keyring keys(int first) {
        byte[] master = new byte[32];
        master[0] = (byte) first;
        return new Keyring(master, 1);
    }

    @Test
    void aVinComesBackWithTheKeyAndOnlyWithIt() {
        long seed = 20261122;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Pseudonym own = Pseudonym.internal(keys(1));
        Pseudonym other = Pseudonym.internal(keys(2));
        Set<String> tokens = new HashSet<>();
        Set<String> vins = new HashSet<>(Set.of("00000000000000000", "ZZZZZZZZZZZZZZZZZ"));
        while (vins.size() < 5000) {
            StringBuilder vin = new StringBuilder();
            for (int i = 0; i < 17; i++) {
                vin.append(SYMBOLS.charAt(random.nextInt(SYMBOLS.length())));
            }
            vins.add(vin.toString());
        }
        for (String vin : vins) {
            String token = own.identity(vin);
            assertThat(token).matches("[a-h][a-z2-7]{25}");
            assertThat(own.vinOf(token)).isEqualTo(vin);
            assertThat(other.vinOf(token)).isNotEqualTo(vin);
            assertThat(other.identity(vin)).isNotEqualTo(token);
            tokens.add(token);
        }
        assertThat(tokens).hasSameSizeAs(vins);
    }

    @Test
    void anotherIdIsOneWay() {
        Pseudonym own = Pseudonym.internal(keys(1));
        for (String id : new String[] {"", "0a1b2c3d", "京A12345", "1M8GDM9AXKP04278I"}) {
            assertThat(own.identity(id)).hasSize(26).isEqualTo(own.identity(id));
            assertThat(own.vinOf(own.identity(id))).isNull();
        }
        assertThat(own.identity("a")).isNotEqualTo(own.identity("b"));
    }

    @Test
    void contractsCannotBeJoined() {
        String internal = Pseudonym.internal(keys(1)).identity("1M8GDM9AXKP042788");
        String a = Pseudonym.ofAgreement(keys(1), "urn:uuid:a").token(internal);
        String b = Pseudonym.ofAgreement(keys(1), "urn:uuid:b").token(internal);
        assertThat(Set.of(internal, a, b)).hasSize(3);
        assertThat(Pseudonym.ofAgreement(keys(1), "urn:uuid:a").token(internal)).isEqualTo(a);
    }
}
