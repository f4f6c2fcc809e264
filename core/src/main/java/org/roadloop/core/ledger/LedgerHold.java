package org.roadloop.core.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stops the writing of a ledger from outside it (停写): a log that was rolled back must not go on, or
 * it forks. Reading, proofs and backup go on. Any thread.
 */
public final class LedgerHold {
    private static final Set<String> WRITING = Set.of("append", "erase");
    private volatile @Nullable String reason;
    private volatile @Nullable TransparencyLog held;

    /** What writing ends with meanwhile; the message says why and what to do, for an operator. */
    public static final class OnHoldException extends UncheckedIOException {
        private static final long serialVersionUID = 1L;

        OnHoldException(String reason) {
            super("the ledger is on hold: " + reason, new IOException("on hold"));
        }
    }

    /**
     * The same log, written to only while there is no hold. A proxy, since it treats every method
     * alike but the two that write: the log's own overrides of default methods stay in use.
     */
    public TransparencyLog over(TransparencyLog log) {
        held = log;
        return (TransparencyLog)
                Proxy.newProxyInstance(
                        TransparencyLog.class.getClassLoader(),
                        new Class<?>[] {TransparencyLog.class},
                        (proxy, method, arguments) -> {
                            String why = reason;
                            if (why != null && WRITING.contains(method.getName())) {
                                throw new OnHoldException(why);
                            }
                            try {
                                return method.invoke(log, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getTargetException();
                            }
                        });
    }

    /**
     * @param why what happened and how to go on, for an operator
     */
    public void hold(String why) {
        reason = why;
        TransparencyLog log = held;
        if (log != null) {
            log.hold(why);
        }
    }

    /** Why nothing is written; empty while it is. */
    public Optional<String> reason() {
        return Optional.ofNullable(reason);
    }
}
