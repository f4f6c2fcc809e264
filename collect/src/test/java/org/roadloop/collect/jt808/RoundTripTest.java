package org.roadloop.collect.jt808;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.node.ObjectNode;

/** Law: encode, decode, encode gives the same bytes, and the message in between is the same. */
@Tag("slow")
class RoundTripTest {
    private static final int ROUNDS = 60;

    @ParameterizedTest
    @EnumSource(Edition.class)
    void everyMessageComesBack(Edition edition) throws Exception {
        long seed = Long.getLong("roadloop.seed", 20_260_810L);
        System.out.println("seed " + seed);
        RandomMessages messages = new RandomMessages(new Random(seed), edition);
        Jt808Text text = new Jt808Text();
        Set<Class<?>> seen = new HashSet<>();
        for (int round = 0; round < ROUNDS; round++) {
            for (Message sent : messages.all()) {
                String what = "seed %d round %d %s".formatted(seed, round, sent);
                seen.add(sent.getClass());
                BodyWriter out = new BodyWriter(edition);
                sent.write(out);
                byte[] body = out.toArray();
                Message read =
                        Message.read(sent.id(), new BodyReader(edition, body, 0, body.length));
                assertThat(read).as(what).isEqualTo(sent);
                if (body.length > Frame.LARGEST_BODY_BYTES) {
                    continue;
                }
                byte[] frame =
                        OutgoingMessage.of(sent, edition, "13900000001", round).frames().getFirst();
                ObjectNode json = OutsideFramesTest.TextRun.of(frame).onlyMessage();
                assertThat(text.encode(json)).as(what).isEqualTo(frame);
            }
        }
        assertThat(seen).isEqualTo(records(Message.class));
    }

    /** Every record permitted below a sealed interface. */
    private static Set<Class<?>> records(Class<?> type) {
        if (type.isRecord()) {
            return Set.of(type);
        }
        Set<Class<?>> records = new HashSet<>();
        for (Class<?> permitted : type.getPermittedSubclasses()) {
            records.addAll(records(permitted));
        }
        return records;
    }

    /** Any bytes that a record reads, it writes: what is read from noise is written as it came. */
    @Test
    void whatIsReadFromNoiseIsWrittenAsItCame() {
        long seed = Long.getLong("roadloop.seed", 20_260_811L);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int read = 0;
        for (int round = 0; round < 40_000; round++) {
            Edition edition = random.nextBoolean() ? Edition.JT2013 : Edition.JT2019;
            int id = IDS[random.nextInt(IDS.length)];
            byte[] body = new byte[random.nextInt(90)];
            random.nextBytes(body);
            for (int i = 0; i < body.length; i++) {
                body[i] = random.nextInt(3) == 0 ? (byte) random.nextInt(8) : body[i];
            }
            Message message = Message.read(id, new BodyReader(edition, body, 0, body.length));
            if (message != null) {
                BodyWriter out = new BodyWriter(edition);
                message.write(out);
                assertThat(out.toArray())
                        .as("seed %d round %d %s", seed, round, message)
                        .isEqualTo(body);
                read++;
            }
        }
        assertThat(read).isGreaterThan(5_000);
    }

    private static final int[] IDS = {
        0x0001, 0x8001, 0x0002, 0x0003, 0x0004, 0x8004, 0x8003, 0x0005, 0x0100, 0x8100, 0x0102,
        0x0A00, 0x8A00, 0x0200, 0x0201, 0x8201, 0x8202, 0x0704, 0x0800, 0x0801, 0x8800, 0x0705,
        0x0900, 0x8900, 0x0901, 0x8103, 0x8104, 0x8106, 0x0104, 0x8105, 0x8300, 0x9208, 0x1210,
        0x1211, 0x1212, 0x9212, 0x0F00
    };
}
