package org.roadloop.collect.v2x;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.v2x.day1.MessageFrame;

class V2xUnitTest {
    private static V2xUnit unit(long id, V2xUnit.Kind kind, int messages) {
        return new V2xUnit(id, kind, messages, Lineage.VEHICLE, null);
    }

    @Test
    void anIdIsEightCharactersOrSixteenDigits() {
        assertThat(V2xUnit.id("u_id_123")).isEqualTo(0x755f_6964_5f31_3233L);
        assertThat(V2xUnit.id("755F69645f313233")).isEqualTo(0x755f_6964_5f31_3233L);
        assertThatThrownBy(() -> V2xUnit.id("u_id_12")).hasMessageContaining("eight printable");
    }

    @Test
    void onlyTheRoadSideTellsOfOthers() {
        V2xUnit car = unit(1, V2xUnit.Kind.of("on-board"), V2xUnit.Kind.ON_BOARD.messages());
        assertThat(car.maySend(MessageFrame.BSM)).isTrue();
        assertThat(car.maySend(MessageFrame.MAP)).isFalse();
        V2xUnit road = unit(1, V2xUnit.Kind.of("roadside"), V2xUnit.messages(List.of("spat")));
        assertThat(road.maySend(MessageFrame.SPAT)).isTrue();
        assertThat(road.maySend(MessageFrame.BSM)).isFalse();
        assertThat(road.maySend(200)).isFalse();
        assertThat(unit(1, V2xUnit.Kind.ROADSIDE, V2xUnit.messages(List.of("later"))).maySend(200))
                .isTrue();
        assertThatThrownBy(() -> unit(1, V2xUnit.Kind.ON_BOARD, V2xUnit.messages(List.of("map"))))
                .hasMessageContaining("bsm only");
        assertThatThrownBy(() -> V2xUnit.messages(List.of("spam")))
                .hasMessageContaining("bsm, map, rsm, spat, rsi, later");
        assertThatThrownBy(() -> V2xUnit.Kind.of("")).hasMessageContaining("on-board");
    }

    @Test
    void unitsAreFoundAmongMany() {
        SplittableRandom random = new SplittableRandom(20_261_122);
        UnitRegister units = new UnitRegister();
        TreeMap<Long, V2xUnit> expected = new TreeMap<>();
        for (int i = 0; i < 1000; i++) {
            long id = random.nextInt(700) * 0x1_0000_0001L - 0x100_0000_0000L;
            V2xUnit unit = unit(id, V2xUnit.Kind.ROADSIDE, i % 7);
            units.register(unit);
            expected.put(id, unit);
        }
        assertThat(units.list()).isEqualTo(List.copyOf(expected.values()));
        expected.forEach((id, unit) -> assertThat(units.at(id)).isSameAs(unit));
        assertThat(units.at(5)).isNull();
    }
}
