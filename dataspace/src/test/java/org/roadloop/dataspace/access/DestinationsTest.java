package org.roadloop.dataspace.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DestinationsTest {
    private static final Destinations STRICT = new Destinations(List.of(), false);

    /** One address of each special-purpose block of RFC 6890, its edges, and neighbours outside. */
    @ParameterizedTest
    @CsvSource({
        "0.0.0.0,false",
        "10.1.2.3,false",
        "100.64.0.1,false",
        "100.127.255.255,false",
        "127.0.0.1,false",
        "169.254.169.254,false",
        "172.16.0.1,false",
        "172.31.255.255,false",
        "192.0.0.1,false",
        "192.168.1.1,false",
        "198.18.0.1,false",
        "224.0.0.1,false",
        "240.0.0.1,false",
        "255.255.255.255,false",
        "::,false",
        "::1,false",
        "fe80::1,false",
        "fc00::1,false",
        "fdff::1,false",
        "ff02::1,false",
        "64:ff9b::a00:1,false",
        "2002:a00:1::,false",
        "2001:0:1::,false",
        "::ffff:10.0.0.1,false",
        "9.255.255.255,true",
        "11.0.0.0,true",
        "100.63.255.255,true",
        "100.128.0.0,true",
        "172.15.255.255,true",
        "172.32.0.0,true",
        "192.1.0.1,true",
        "198.20.0.1,true",
        "8.8.8.8,true",
        "2400:3200::1,true",
        "2606:4700:4700::1111,true"
    })
    void onlyTheOpenInternetIsPublic(String address, boolean isPublic) throws Exception {
        assertThat(Destinations.isPublic(InetAddress.getByName(address))).isEqualTo(isPublic);
    }

    @Test
    void aConsumerCannotMakeUsCallOurselves() {
        for (String uri :
                List.of(
                        "http://localhost:9/x",
                        "http://[::1]/",
                        "http://169.254.169.254/latest/meta-data",
                        "http://2130706433/",
                        "http://user:pw@8.8.8.8/",
                        "ftp://8.8.8.8/",
                        "file:///etc/passwd",
                        "http:/nohost")) {
            assertThatThrownBy(() -> STRICT.check(URI.create(uri)))
                    .as(uri)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(STRICT.check(URI.create("https://8.8.8.8/in")).port()).isEqualTo(443);
    }

    @Test
    void aListOfHostsIsTheOnlyOnes() {
        Destinations one = new Destinations(List.of("LocalHost"), false);
        assertThat(one.check(URI.create("http://localhost:81/")).address().isLoopbackAddress())
                .isTrue();
        assertThatThrownBy(() -> one.check(URI.create("http://8.8.8.8/")))
                .hasMessageContaining("not one of those");
    }
}
