package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import tools.jackson.databind.json.JsonMapper;

class EvidenceQueueTest {
    @Test
    void aLedgerThatRefusesOnceLeavesAGapThatIsEvidenceItself() throws Exception {
        List<Event> written = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch refused = new CountDownLatch(1);
        Ledger ledger =
                (Ledger)
                        Proxy.newProxyInstance(
                                getClass().getClassLoader(),
                                new Class<?>[] {Ledger.class},
                                (proxy, method, arguments) -> {
                                    if (refused.getCount() > 0) {
                                        refused.countDown();
                                        throw new IllegalStateException("the disk is full");
                                    }
                                    for (Object event : (List<?>) arguments[0]) {
                                        written.add((Event) event);
                                    }
                                    return null;
                                });
        try (EvidenceQueue queue = new EvidenceQueue(ledger)) {
            queue.add(alarm());
            assertThat(refused.await(5, TimeUnit.SECONDS)).isTrue();
            queue.add(alarm());
        }
        assertThat(written)
                .extracting(Event::type)
                .containsExactly("alarm.raised", "alarm.evidence-gap");
        assertThat(written.get(1).json().required("events").asLong()).isEqualTo(1);
    }

    private static Event alarm() {
        return Event.of(
                "alarm.raised",
                Instant.EPOCH,
                "did:web:city.example",
                "junction:1",
                JsonMapper.shared().createObjectNode());
    }
}
