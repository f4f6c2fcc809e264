package org.roadloop.dataspace.federation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.roadloop.core.catalog.CatalogEntry;
import org.roadloop.core.catalog.Facet;
import tools.jackson.databind.json.JsonMapper;

/** Entries of catalogues that others wrote, in the forms that JSON-LD leaves open. */
class DcatEntryTest {
    private static CatalogEntry read(String json) {
        return DcatEntry.read(JsonMapper.shared().readTree(json), "did:web:p", "http://p")
                .orElseThrow();
    }

    /** ADMS 2.0 §4: an identifier is a notation, and an agency as text, IRI or node. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                """
                {"@id":"d","adms:identifier":{"@type":"adms:Identifier",
                  "skos:notation":"DI-31-0042","adms:schemaAgency":"data.sh.cn"}}
                """,
                """
                {"@id":"d","http://www.w3.org/ns/adms#identifier":[{
                  "http://www.w3.org/2004/02/skos/core#notation":[{"@value":"DI-31-0042"}],
                  "http://www.w3.org/ns/adms#schemaAgency":[{"@value":"data.sh.cn"}]}]}
                """,
                """
                {"@id":"d","adms:identifier":[{"skos:notation":{"@value":"DI-31-0042",
                  "@type":"http://www.w3.org/2001/XMLSchema#token"},
                  "adms:schemaAgency":{"@id":"data.sh.cn"}}]}
                """
            })
    void anIdentifierIsReadInEveryForm(String json) {
        assertThat(read(json).facets().get(Facet.IDENTIFIER))
                .containsExactly("data.sh.cn/DI-31-0042");
    }

    @Test
    void whatIsNoIdentifierIsLeftOut() {
        String json =
                """
                {"@id":"d","adms:identifier":[7,null,"plain",{"adms:schemaAgency":"a"},
                  {"skos:notation":""},{"skos:notation":"n","adms:schemaAgency":{"x":1}}]}
                """;
        assertThat(read(json).facets().get(Facet.IDENTIFIER)).containsExactly("/n");
        String many =
                "{\"@id\":\"d\",\"adms:identifier\":["
                        + "{\"skos:notation\":\"n\"},".repeat(999)
                        + "{\"skos:notation\":\""
                        + "x".repeat(9_000)
                        + "\"}]}";
        List<String> found = read(many).facets().getOrDefault(Facet.IDENTIFIER, List.of());
        assertThat(found).hasSize(50);
    }
}
