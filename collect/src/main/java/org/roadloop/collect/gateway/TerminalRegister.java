package org.roadloop.collect.gateway;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ObjIntConsumer;
import java.util.function.Predicate;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.jt808.LinkMessage;
import org.roadloop.collect.jt808.Registration;
import org.roadloop.collect.jt808.TerminalBook;

/**
 * Which JT/T 808 terminals may report (终端登记), by phone without leading zeros. A token is an HMAC of
 * the phone and of how often the terminal has left its vehicle, so tokens outlive a restart without
 * being kept, and one of before a deregistration is void. Any thread.
 */
public final class TerminalRegister implements TerminalBook {
    private static final int NO_SUCH_CAR = 2;
    private static final int NO_SUCH_TERMINAL = 4;
    private static final int TOKEN_BYTES = 16;

    /**
     * A terminal that may register.
     *
     * @param plate of the vehicle it belongs to, or its VIN; null: any
     * @param timesLeft how often it has deregistered
     */
    public record Terminal(Lineage lineage, @Nullable String plate, int timesLeft) {}

    private final Map<String, Terminal> terminals = new ConcurrentHashMap<>();
    private final SecretKey tokenKey;
    private final ObjIntConsumer<String> onLeft;

    /**
     * @param onLeft keeps how often a phone has left; called by a session's thread, must not block
     */
    public TerminalRegister(SecretKey tokenKey, ObjIntConsumer<String> onLeft) {
        this.tokenKey = tokenKey;
        this.onLeft = onLeft;
    }

    /** The same phone without leading zeros. */
    public static String checked(String phone) {
        String digits = phone.replaceFirst("^0+", "");
        if (digits.isEmpty()
                || digits.length() > 20
                || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException("a terminal phone has 1 to 20 decimal digits");
        }
        return digits;
    }

    /** Lets a terminal register; a known one keeps how often it has left. */
    public void register(String phone, Lineage lineage, @Nullable String plate) {
        terminals.merge(
                checked(phone),
                new Terminal(lineage, plate, 0),
                (old, now) -> new Terminal(lineage, plate, old.timesLeft));
    }

    /** Takes up what {@code onLeft} has kept. */
    public void left(String phone, int times) {
        terminals.computeIfPresent(
                checked(phone),
                (_, t) -> new Terminal(t.lineage, t.plate, Math.max(t.timesLeft, times)));
    }

    /** Takes a terminal out and forgets its phone. */
    public void remove(String phone) {
        terminals.remove(checked(phone));
    }

    public int size() {
        return terminals.size();
    }

    /** As what a terminal is registered; null if it is not. */
    public @Nullable Lineage find(String phone) {
        Terminal terminal = terminals.get(phone);
        return terminal == null ? null : terminal.lineage;
    }

    @Override
    public Entry register(String phone, Registration registration) {
        Terminal terminal = terminals.get(phone);
        if (terminal == null) {
            return new Entry(NO_SUCH_TERMINAL, null);
        }
        if (terminal.plate != null && !terminal.plate.equals(registration.plate())) {
            return new Entry(NO_SUCH_CAR, null);
        }
        return new Entry(LinkMessage.OK, token(phone, terminal));
    }

    @Override
    public boolean authenticates(String phone, String token) {
        Terminal terminal = terminals.get(phone);
        return terminal != null
                && MessageDigest.isEqual(
                        token(phone, terminal).getBytes(StandardCharsets.UTF_8),
                        token.getBytes(StandardCharsets.UTF_8));
    }

    /** The same register, where only such phones authenticate. */
    TerminalBook where(Predicate<String> phones) {
        TerminalRegister all = this;
        return new TerminalBook() {
            @Override
            public Entry register(String phone, Registration registration) {
                return all.register(phone, registration);
            }

            @Override
            public boolean authenticates(String phone, String token) {
                return phones.test(phone) && all.authenticates(phone, token);
            }

            @Override
            public void deregister(String phone) {
                all.deregister(phone);
            }
        };
    }

    @Override
    public void deregister(String phone) {
        Terminal left =
                terminals.computeIfPresent(
                        phone, (_, t) -> new Terminal(t.lineage, t.plate, t.timesLeft + 1));
        if (left != null) {
            onLeft.accept(phone, left.timesLeft);
        }
    }

    private String token(String phone, Terminal terminal) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(tokenKey);
            byte[] of = (phone + ' ' + terminal.timesLeft).getBytes(StandardCharsets.US_ASCII);
            return HexFormat.of().formatHex(mac.doFinal(of), 0, TOKEN_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no HMAC-SHA256", e);
        }
    }
}
