package org.roadloop.core.asset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DescriptionTest {
    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.replace('\'', '"'));
    }

    @Test
    void whatWasWrittenIsReadBack() {
        JsonNode json =
                json(
                        """
                        {'titles':{'de':'Spuren'},'texts':{'en':'Tracks of one hour','zh':'一小时轨迹'},
                         'keywords':['trajectory','轨迹'],
                         'themes':['http://publications.europa.eu/resource/authority/data-theme/TRAN'],
                         'license':'https://creativecommons.org/licenses/by/4.0/',
                         'publisherName':'City','publisherIdentifiers':{'uscc':'91350100M000100Y43'},
                         'version':'2.1','spatial':['CN-31-0115'],
                         'temporal':{'start':'2026-01-01T00:00:00Z','end':'2026-07-01T00:00:00Z'},
                         'accrualPeriodicity':'https://w3id.org/mobilitydcat-ap/update-frequency/1min',
                         'mobility':{'mobilityTheme':['accidents-and-incidents'],
                                     'transportMode':['bus','car']}}
                        """);
        Description read = DescriptionJson.read(json);
        assertThat(DescriptionJson.write(read)).isEqualTo(json);
        assertThat(DescriptionJson.read(DescriptionJson.write(read))).isEqualTo(read);
    }

    @Test
    void aConceptIsWrittenShortOrWhole() {
        String iri = "https://w3id.org/mobilitydcat-ap/transport-mode/bus";
        Description read =
                DescriptionJson.read(json("{'mobility':{'transportMode':['" + iri + "']}}"));
        assertThat(read.mobility().get("transportMode")).containsExactly("bus");
        assertThat(MobilityTerms.iri("transportMode", "bus")).isEqualTo(iri);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'keyword':['a']} | /description/keyword: is not known; members are mobility, titles",
                "{'titles':{'zh_CN':'a'}} | 'zh_CN', which is no language tag",
                "{'license':'CC BY'} | 'CC BY', which is no absolute IRI",
                "{'mobility':{'transportMode':['hovercraft']}} | 'hovercraft' is no concept of https://w3id.org/mobilitydcat-ap/transport-mode/; concepts are air",
                "{'mobility':{'transportmode':['bus']}} | 'transportmode' is no property of mobilityDCAT-AP",
                "{'temporal':{'start':'2026-01-02T00:00:00Z','end':'2026-01-01T00:00:00Z'}} | before it starts",
                "{'temporal':{'start':'yesterday'}} | /description/temporal/start: an instant like",
                "{'keywords':'a'} | /description/keywords: an array is expected",
                "[] | /description: an object is expected",
            })
    void whatIsWrongIsNamed(String text, String complaint) {
        assertThatThrownBy(() -> DescriptionJson.read(json(text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(complaint);
    }
}
