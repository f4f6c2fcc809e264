package org.roadloop.dataspace.identity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.dataspace.identity.CallerIdentity.UnauthorizedException;

/**
 * A name that is public when it is looked at and this machine when it is connected to (DNS
 * rebinding): a JVM of its own whose resolver answers so, and which keeps no answers.
 */
@Tag("slow")
class RebindingTest {
    @TempDir Path folder;

    /** The name server of the attacker: from the second question on it names this machine. */
    public static final class Resolver extends InetAddressResolverProvider {
        @Override
        public String name() {
            return "rebinding";
        }

        @Override
        public InetAddressResolver get(Configuration configuration) {
            InetAddressResolver own = configuration.builtinResolver();
            AtomicInteger asked = new AtomicInteger();
            return new InetAddressResolver() {
                @Override
                public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
                        throws java.net.UnknownHostException {
                    if (!host.equals("rebinding.example")) {
                        return own.lookupByName(host, policy);
                    }
                    byte[] documentation = {(byte) 192, 0, 2, 1}; // RFC 5737: nobody's
                    byte[] here = {127, 0, 0, 1};
                    return Stream.of(
                            InetAddress.getByAddress(
                                    host, asked.getAndIncrement() == 0 ? documentation : here));
                }

                @Override
                public String lookupByAddress(byte[] address) throws java.net.UnknownHostException {
                    return own.lookupByAddress(address);
                }
            };
        }
    }

    /** In the other JVM. */
    public static final class Visit {
        public static void main(String[] args) {
            try {
                new GuardedHttp(new HostPolicy(false, List.of()))
                        .get(URI.create("https://rebinding.example:" + args[0] + "/x"), "*/*", 9);
                System.out.println("answered");
            } catch (UnauthorizedException e) {
                System.out.println(e.code());
            }
        }
    }

    @Test
    void theConnectionGoesToTheAddressThatWasLookedAt() throws Exception {
        Path services = folder.resolve("META-INF/services");
        Files.createDirectories(services);
        Files.writeString(
                services.resolve(InetAddressResolverProvider.class.getName()),
                Resolver.class.getName());
        try (ServerSocket inside =
                new ServerSocket(0, 10, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            Process visit =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                    "-Dsun.net.inetaddr.ttl=0",
                                    "-cp",
                                    folder + ":" + System.getProperty("java.class.path"),
                                    Visit.class.getName(),
                                    Integer.toString(inside.getLocalPort()))
                            .redirectErrorStream(true)
                            .start();
            try {
                assertThat(visit.waitFor(60, TimeUnit.SECONDS)).isTrue();
                assertThat(new String(visit.getInputStream().readAllBytes(), UTF_8))
                        .contains("host_unreachable");
            } finally {
                visit.destroyForcibly();
            }
            assertThat(connects(inside)).as("a connection to this machine").isFalse();
        }
    }

    private static boolean connects(ServerSocket inside) throws IOException {
        inside.setSoTimeout(1);
        try {
            inside.accept().close();
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }
}
