package org.roadloop.collect.v2x.day1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.roadloop.collect.text.MessageText;
import tools.jackson.databind.node.ObjectNode;

class V2xTextTest {
    private final V2xText text = new V2xText();
    private final List<ObjectNode> messages = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();

    private void decode(byte[] bytes) throws IOException {
        messages.clear();
        errors.clear();
        text.decode(
                new ByteArrayInputStream(bytes),
                new MessageText.Sink() {
                    @Override
                    public void message(ObjectNode message) {
                        messages.add(message);
                    }

                    @Override
                    public void error(long offset, String reason, String detail) {
                        errors.add(offset + " " + reason);
                    }
                });
    }

    @Test
    void envelopesAreOneObjectEach() throws Exception {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        List<RecordedFrames.Recorded> recorded = RecordedFrames.read();
        for (RecordedFrames.Recorded one : recorded) {
            decode(one.envelope());
            assertThat(errors).isEmpty();
            assertThat(messages).hasSize(1);
            assertThat(text.encode(messages.getFirst())).isEqualTo(one.envelope());
            all.write(one.envelope());
        }
        decode(all.toByteArray());
        assertThat(errors).isEmpty();
        assertThat(messages)
                .extracting(m -> m.path("frames").get(0).path("message").asString())
                .containsExactly(
                        "SignalPhaseAndTiming",
                        "BasicSafetyMessage",
                        "RoadsideSafetyMessage",
                        "RoadSideInformation",
                        "MapData");
        assertThat(messages.get(2).toString())
                .startsWith(
                        "{\"message\":\"RoadsideEnvelope\",\"roadsideUnit\":\"u_id_123\","
                                + "\"time\":\"2020-11-26T12:18:44.710Z\",\"counted\":false,"
                                + "\"frames\":[{\"message\":\"RoadsideSafetyMessage\",\"msgCnt\":1,");
    }

    @Test
    void aFrameAloneIsItsMessage() throws Exception {
        byte[] envelope = RecordedFrames.read().get(2).envelope();
        byte[] frame = Arrays.copyOfRange(envelope, 18, envelope.length);
        decode(frame);
        assertThat(errors).isEmpty();
        assertThat(messages.getFirst().path("message").asString())
                .isEqualTo("RoadsideSafetyMessage");
        assertThat(text.encode(messages.getFirst())).isEqualTo(frame);
        assertThatThrownBy(() -> text.encode(messages.getFirst().put("message", "Hello")))
                .hasMessageStartingWith("message is 'Hello', not RoadsideEnvelope");
    }

    @Test
    void whatIsNoMessageIsToldAndLeftOut() throws Exception {
        byte[] envelope = RecordedFrames.read().get(2).envelope();
        byte[] noise = {9, 8, 7, 6, 5, 4, 3, 2, 1};
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(envelope);
        all.write(noise);
        all.write(envelope);
        decode(all.toByteArray());
        assertThat(messages).hasSize(2);
        assertThat(errors).containsExactly("58 v2x_envelope_length");

        byte[] broken = envelope.clone();
        broken[57] |= 1;
        decode(broken);
        assertThat(errors).containsExactly("57 v2x_padding");
        assertThat(messages.getFirst().path("frames").get(0).path("message").asString())
                .isEqualTo("UnreadableFrame");
        assertThat(text.encode(messages.getFirst())).isEqualTo(broken);

        decode(new byte[] {0x30, 0x10});
        assertThat(errors).containsExactly("1 v2x_truncated");
        decode(new byte[0]);
        assertThat(messages).isEmpty();
    }
}
