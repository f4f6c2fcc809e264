package org.roadloop.govern.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoadMapTest {
    @TempDir Path folder;

    private RoadMap read(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, text);
        return RoadMap.read(file);
    }

    private static String lines(RoadMap map) {
        return map.lines().stream()
                .map(
                        l ->
                                "%s %d points, %.1f,%.1f to %.1f,%.1f -> %s%n"
                                        .formatted(
                                                l.id(),
                                                l.x().length,
                                                l.x()[0],
                                                l.y()[0],
                                                l.x()[l.x().length - 1],
                                                l.y()[l.y().length - 1],
                                                l.next().isEmpty()
                                                        ? "nothing"
                                                        : String.join(" ", l.next())))
                .collect(Collectors.joining());
    }

    @Test
    void sumo() throws IOException {
        RoadMap map =
                read(
                        "town.net.xml",
                        """
                        <net version="1.9">
                          <location netOffset="0.00,0.00" convBoundary="0,0,1,1" origBoundary="0,0,1,1" projParameter="!"/>
                          <edge id=":B_0" function="internal"><lane id=":B_0_0" index="0" shape="90,0 110,0"/></edge>
                          <edge id="AB" from="A" to="B">
                            <lane id="AB_0" index="0" disallow="passenger" shape="0,-9 90,-9"/>
                            <lane id="AB_1" index="1" shape="0,-5 90,-5"/>
                            <lane id="AB_2" index="2" shape="0,-2 90,-2"/>
                          </edge>
                          <edge id="BC" from="B" to="C"><lane id="BC_0" index="0" allow="passenger bus" shape="110,-2 150,-2 200,8"/></edge>
                          <edge id="path" from="B" to="C"><lane id="p_0" index="0" allow="bicycle" shape="110,9 200,9"/></edge>
                          <connection from="AB" to="BC" fromLane="1" toLane="0" via=":B_0_0"/>
                          <connection from="AB" to="path" fromLane="1" toLane="0"/>
                          <connection from=":B_0" to="BC" fromLane="0" toLane="0"/>
                        </net>
                        """);
        assertThat(map.degrees()).isFalse();
        assertThat(lines(map))
                .isEqualTo(
                        """
                        AB 2 points, 0.0,-3.5 to 90.0,-3.5 -> BC
                        BC 3 points, 110.0,-2.0 to 200.0,8.0 -> nothing
                        """);
    }

    @Test
    void openStreetMap() throws IOException {
        // 100 is crossed by 200 at node 2; 200 is one way from 4 to 5; a footway is no road
        RoadMap map =
                read(
                        "town.osm",
                        """
                        <osm version="0.6">
                          <node id="1" lat="31.20" lon="121.40"/>
                          <node id="2" lat="31.20" lon="121.41"/>
                          <node id="3" lat="31.20" lon="121.42"/>
                          <node id="4" lat="31.19" lon="121.41"/>
                          <node id="5" lat="31.21" lon="121.41"/>
                          <way id="100"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="99"/><tag k="highway" v="residential"/></way>
                          <way id="200"><nd ref="4"/><nd ref="2"/><nd ref="5"/><tag k="highway" v="primary"/><tag k="oneway" v="yes"/></way>
                          <way id="300"><nd ref="1"/><nd ref="5"/><tag k="highway" v="footway"/></way>
                        </osm>
                        """);
        assertThat(map.degrees()).isTrue();
        Map<String, List<String>> next =
                map.lines().stream().collect(Collectors.toMap(RoadLine::id, RoadLine::next));
        assertThat(next)
                .containsOnly(
                        Map.entry("100#0", List.of("100#1", "200#1")),
                        Map.entry("-100#0", List.of("100#0")),
                        Map.entry("100#1", List.of("-100#1")),
                        Map.entry("-100#1", List.of("-100#0", "200#1")),
                        Map.entry("200#0", List.of("-100#0", "100#1", "200#1")),
                        Map.entry("200#1", List.of()));
    }

    private static String road(String id, String link, String geometry, String lanes) {
        return """
        <road id="%s" length="100" junction="-1">
          <link>%s</link>
          <planView>%s</planView>
          <lanes><laneSection s="0">%s</laneSection></lanes>
        </road>
        """
                .formatted(id, link, geometry, lanes);
    }

    private static String lane(int id) {
        return """
        <lane id="%d" type="driving"><link><successor id="%d"/></link><width sOffset="0" a="4" b="0" c="0" d="0"/></lane>
        """
                .formatted(id, id);
    }

    @Test
    void openDrive() throws IOException {
        String line =
                """
                <geometry s="0" x="%s" y="0" hdg="0" length="100"><line/></geometry>
                """;
        String both = "<left>" + lane(1) + "</left><right>" + lane(-1) + lane(-2) + "</right>";
        RoadMap map =
                read(
                        "town.xodr",
                        "<OpenDRIVE>"
                                + road(
                                        "1",
                                        "<successor elementType='junction' elementId='9'/>",
                                        line.formatted(0),
                                        both)
                                + road(
                                        "2",
                                        "<predecessor elementType='road' elementId='1'"
                                                + " contactPoint='end'/><successor elementType='road'"
                                                + " elementId='3' contactPoint='start'/>",
                                        line.formatted(100),
                                        "<right>" + lane(-1) + "</right>")
                                + road(
                                        "3",
                                        "<predecessor elementType='junction' elementId='9'/>",
                                        line.formatted(200),
                                        both)
                                + """
                                <junction id="9"><connection id="0" incomingRoad="1" connectingRoad="2" contactPoint="start"/></junction>
                                </OpenDRIVE>
                                """);
        assertThat(lines(map))
                .isEqualTo(
                        """
                        1 26 points, 0.0,-4.0 to 100.0,-4.0 -> 2
                        -1 26 points, 100.0,2.0 to 0.0,2.0 -> nothing
                        2 26 points, 100.0,-2.0 to 200.0,-2.0 -> 3
                        3 26 points, 200.0,-4.0 to 300.0,-4.0 -> nothing
                        -3 26 points, 300.0,2.0 to 200.0,2.0 -> nothing
                        """);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // where a piece of 100 m from the origin to the east ends, by hand:
                // quarter of a circle of radius 100/(pi/2)
                "<arc curvature='0.015707963267948967'/> | 63.6619772 | 63.6619772",
                // Fresnel: unit clothoid scaled, C(1) and S(1) of cos(pi t2/2), times 100
                "<spiral curvStart='0' curvEnd='0.031415926535897934'/> | 77.9893400 | 43.8259147",
                "<paramPoly3 aU='0' bU='100' cU='0' dU='0' aV='0' bV='0' cV='3' dV='4' pRange='normalized'/> | 100 | 7",
                "<poly3 a='0' b='0.1' c='0.001' d='0'/> | 100 | 20",
            })
    void openDriveCurvesEndWhereTheyShould(String curve, double x, double y) throws IOException {
        String geometry =
                "<geometry s='0' x='0' y='0' hdg='0' length='100'>" + curve + "</geometry>";
        RoadMap map =
                read(
                        "curve.xodr",
                        "<OpenDRIVE>"
                                + road(
                                        "1",
                                        "",
                                        geometry,
                                        // a lane of no width keeps the line on the reference line
                                        "<right><lane id='-1' type='driving'></lane></right>")
                                + "</OpenDRIVE>");
        RoadLine line = map.lines().getFirst();
        assertThat(line.x()[line.x().length - 1]).isEqualTo(x, within(1e-5));
        assertThat(line.y()[line.y().length - 1]).isEqualTo(y, within(1e-5));
    }

    @ParameterizedTest
    @CsvSource({
        // UTM zone, longitude, latitude, east, north: CN Tower and Eiffel Tower as commonly given
        "17, -79.387139, 43.642567, 630084, 4833439",
        "31, 2.294495, 48.858222, 448252, 5411935",
    })
    void transverseMercatorAgreesWithPublishedPlaces(
            int zone, double longitude, double latitude, double east, double north) {
        TransverseMercator utm =
                TransverseMercator.parse("+proj=utm +zone=" + zone + " +ellps=WGS84");
        double[] to = new double[2];
        utm.toPlane(longitude, latitude, to);
        assertThat(to[0]).isEqualTo(east, within(2.0));
        assertThat(to[1]).isEqualTo(north, within(2.0));
    }

    @Test
    void transverseMercatorGoesThereAndBack() {
        Random random = new Random(5);
        for (int i = 0; i < 1000; i++) {
            double meridian = random.nextInt(-170, 170);
            TransverseMercator plane =
                    TransverseMercator.parse(
                            "+proj=tmerc +lat_0=31 +lon_0=" + meridian + " +k=0.9999 +x_0=1000");
            double longitude = meridian + random.nextDouble(-4, 4);
            double latitude = random.nextDouble(-75, 75);
            double[] to = new double[2];
            plane.toPlane(longitude, latitude, to);
            plane.toDegrees(to[0], to[1], to);
            assertThat(to[0]).as("seed 5, case %d", i).isEqualTo(longitude, within(1e-8));
            assertThat(to[1]).as("seed 5, case %d", i).isEqualTo(latitude, within(1e-8));
        }
    }

    @Test
    void aSumoNetworkInUtmComesOutInDegrees() throws IOException {
        RoadMap map =
                read(
                        "geo.net.xml",
                        """
                        <net>
                          <location netOffset="-448000.00,-5411000.00" convBoundary="0,0,1,1" origBoundary="0,0,1,1" projParameter="+proj=utm +zone=31 +ellps=WGS84 +datum=WGS84 +units=m +no_defs"/>
                          <edge id="e" from="a" to="b"><lane id="e_0" index="0" shape="252,935 300,935"/></edge>
                        </net>
                        """);
        assertThat(map.degrees()).isTrue();
        assertThat(map.lines().getFirst().x()[0]).isEqualTo(2.294495, within(5e-5));
        assertThat(map.lines().getFirst().y()[0]).isEqualTo(48.858222, within(5e-5));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a.net.xml | <net>~<edge id='e'>~<lane id='l' shape='0,0 x,1'/></edge></net> | a.net.xml:3: shape of <lane> is no number",
                "a.net.xml | <net>~<edge>~</edge></net> | a.net.xml:2: <edge> has no id",
                "a.net.xml | <net>~<edge id='e'>~</net> | a.net.xml:3: the XML is broken here",
                "a.osm | <osm>~<node id='1' lat='NaN' lon='3'/></osm> | a.osm:2: lat of <node> is not finite",
                "a.osm | <osm>~~<node id='one' lat='1' lon='3'/></osm> | a.osm:3: id of <node> is no whole number",
                "a.xodr | <OpenDRIVE>~<road id='7'>~<planView><geometry s='0' x='0' y='0' hdg='0' length='1'>~<knot/></geometry></planView></road></OpenDRIVE> | a.xodr:4: geometry <knot> is not one of line, arc, spiral, poly3, paramPoly3",
                "a.osm | <osm></osm> | the network has no road that can be driven on",
                "a.csv | <osm></osm> | 'a.csv' is no road network by its name: .net.xml, .xodr and .osm are",
            })
    void brokenFilesAreNamedWithTheirLine(String name, String text, String message) {
        assertThatThrownBy(() -> read(name, text.replace('~', '\n'))).hasMessage(message);
    }

    @Test
    void nothingFromOutsideIsRead() throws IOException {
        Path secret = folder.resolve("secret.txt");
        Files.writeString(secret, "topsecret");
        String text =
                """
                <!DOCTYPE osm [ <!ENTITY e SYSTEM "%s"> ]>
                <osm><node id="1" lat="1" lon="&e;"/></osm>
                """
                        .formatted(secret.toUri());
        assertThatThrownBy(() -> read("a.osm", text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("a.osm:")
                .hasMessageNotContaining("topsecret");
    }
}
