package org.roadloop.app.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AcceptTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            emptyValue = "",
            value = {
                "'' | application/ld+json",
                "*/* | application/ld+json",
                "text/turtle | text/turtle",
                "TEXT/Turtle; charset=utf-8 | text/turtle",
                "text/turtle;q=0.5, application/ld+json;q=0.4 | text/turtle",
                "application/ld+json, text/turtle | application/ld+json",
                "text/turtle;q=0.2, */*;q=0.1 | text/turtle",
                "text/turtle;q=0, */* | application/ld+json",
                "text/* | text/turtle",
                "application/json | application/ld+json",
                "text/html | none",
                "text/turtle;q=0 | none",
                "text/turtle;q=2 | text/turtle",
            })
    void theFormThatIsLikedBest(String header, String type) {
        assertThat(Accept.of(header).best("application/ld+json", "text/turtle").orElse("none"))
                .isEqualTo(type);
    }
}
