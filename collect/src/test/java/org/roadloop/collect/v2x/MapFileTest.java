package org.roadloop.collect.v2x;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.collect.v2x.day1.MapNode;
import org.roadloop.collect.v2x.day1.MessageFrame;
import org.roadloop.collect.v2x.day1.RecordedFrames;
import org.roadloop.collect.v2x.uper.UperWriter;

class MapFileTest {
    private static final Duration NEVER = Duration.ofDays(1);

    @TempDir Path folder;

    /** A map of junctions without roads. */
    private static byte[] map(int msgCnt, int height, int... junctions) {
        MessageFrame frame = new MessageFrame();
        frame.kind = MessageFrame.MAP;
        frame.map.msgCnt = msgCnt;
        for (int id : junctions) {
            MapNode node = frame.map.nodes.add();
            node.id.id = id;
            node.refPos.presence = org.roadloop.collect.v2x.day1.Position3D.ELEVATION;
            node.refPos.elevationDecimetres = height;
        }
        return new UperWriter().write(frame);
    }

    @Test
    void whatWasHeardIsKnownAfterARestart() throws Exception {
        byte[] recorded = RecordedFrames.read().get(4).envelope();
        Path file = folder.resolve("maps.hex");
        MapRegister before = new MapRegister();
        try (MapFile kept = new MapFile(file, before, NEVER)) {
            assertThat(before.heard(recorded, 18, recorded.length - 18)).isEqualTo(1);
            byte[] two = map(1, 10, 7, 8);
            assertThat(before.heard(two, 0, two.length)).isEqualTo(2);
            byte[] changed = map(2, 20, 8);
            assertThat(before.heard(changed, 0, changed.length)).isEqualTo(1);
        }
        MapRegister after = new MapRegister();
        try (MapFile kept = new MapFile(file, after, NEVER)) {
            assertThat(after.size()).isEqualTo(3);
            assertThat(after.find(7).orElseThrow().refPos.elevationDecimetres).isEqualTo(10);
            assertThat(after.find(8).orElseThrow().refPos.elevationDecimetres).isEqualTo(20);
            MapNode node = after.find(1, 149).orElseThrow();
            assertThat(node.inLinks.get(0).lanes.get(0).connectsTo.get(2).phaseId).isEqualTo(3);
        }
    }

    @Test
    void aMapThatSaysNothingNewIsNotWrittenAgain() throws Exception {
        Path file = folder.resolve("maps.hex");
        MapRegister maps = new MapRegister();
        try (MapFile kept = new MapFile(file, maps, Duration.ofMillis(1))) {
            byte[] first = map(1, 10, 7);
            maps.heard(first, 0, first.length);
            while (!Files.exists(file)) {
                Thread.onSpinWait();
            }
        }
        Files.delete(file);
        long changes = maps.changes();
        byte[] counted = map(2, 10, 7); // the same junction, the next message count
        assertThat(maps.heard(counted, 0, counted.length)).isEqualTo(1);
        assertThat(maps.changes()).isEqualTo(changes);
    }

    @Test
    void aFileOfAnotherVersionIsRefusedByName() throws Exception {
        Path file = Files.writeString(folder.resolve("maps.hex"), "# roadloop maps 2\n");
        assertThatThrownBy(() -> new MapFile(file, new MapRegister(), NEVER))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("maps 2");
        Files.writeString(file, "# roadloop maps 1\n00\n");
        assertThatThrownBy(() -> new MapFile(file, new MapRegister(), NEVER))
                .hasMessageContaining("no map");
    }
}
