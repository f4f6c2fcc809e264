package org.roadloop.apply.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class CriticalityTest {
    @Test
    void measuresByHand() {
        // 20 m gap, 15 m/s behind 10 m/s.
        assertThat(Criticality.ttc(20, 5)).isEqualTo(4);
        assertThat(Criticality.ttc(20, -1)).isInfinite();
        assertThat(Criticality.thw(20, 10)).isEqualTo(2);
        assertThat(Criticality.drac(20, 5)).isEqualTo(0.625);
        assertThat(Criticality.drac(20, -5)).isZero();
        assertThat(Criticality.timeToReach(10, 5, 0)).isEqualTo(2);
        assertThat(Criticality.timeToReach(12.5, 5, -1)).isCloseTo(5, within(1e-9));
        assertThat(Criticality.timeToReach(12.6, 5, -1)).isInfinite();
    }

    /** CommonRoad-CriMe's own test asserts −0.81 m/s² for vehicles 200 and 202 of this scene. */
    @Test
    void theRequiredAccelerationIsTheOneOfCommonRoadCriMe() throws Exception {
        Path data =
                Path.of(System.getProperty("roadloop.root", "."))
                        .resolve("../shared/data/criticality");
        Assumptions.assumeTrue(Files.isDirectory(data), "shared/data is missing: " + data);
        String expected =
                Files.readAllLines(data.resolve("expected.csv")).stream()
                        .filter(l -> l.startsWith("ALongReq,DEU_Gar-1_1_T-1"))
                        .findFirst()
                        .orElseThrow()
                        .split(",")[5];
        Document scene =
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(data.resolve("DEU_Gar-1_1_T-1.xml").toFile());
        Element ego = obstacle(scene, "200");
        Element other = obstacle(scene, "202");
        double gap =
                number(other, "x")
                        - number(ego, "x")
                        - (number(ego, "length") + number(other, "length")) / 2;
        double closing = state(ego, "velocity") - state(other, "velocity");
        double required =
                Criticality.requiredAcceleration(gap, closing, state(other, "acceleration"));
        assertThat(Math.round(required * 100) / 100.0).isEqualTo(Double.parseDouble(expected));
    }

    private static Element obstacle(Document scene, String id) {
        NodeList all = scene.getElementsByTagName("obstacle");
        for (int i = 0; i < all.getLength(); i++) {
            if (((Element) all.item(i)).getAttribute("id").equals(id)) {
                return (Element) all.item(i);
            }
        }
        throw new AssertionError("no obstacle " + id);
    }

    /** First value of an element below the obstacle's shape or initial position. */
    private static double number(Element obstacle, String tag) {
        Element place =
                tag.equals("x")
                        ? (Element) obstacle.getElementsByTagName("initialState").item(0)
                        : (Element) obstacle.getElementsByTagName("shape").item(0);
        return Double.parseDouble(place.getElementsByTagName(tag).item(0).getTextContent().strip());
    }

    private static double state(Element obstacle, String tag) {
        Element initial = (Element) obstacle.getElementsByTagName("initialState").item(0);
        return Double.parseDouble(
                initial.getElementsByTagName(tag).item(0).getTextContent().strip());
    }
}
