package org.roadloop.core.clearing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.policy.MemberException;
import tools.jackson.databind.json.JsonMapper;

class TariffJsonTest {
    private static final String ALL =
            """
            {"currency":"EUR","zone":"Europe/Berlin","prices":[
             {"unit":"use","per":1,"milli":2500},
             {"unit":"compute-second","flavour":"gpu","per":60,"milli":900},
             {"model":"auction","auction":"a-7","unit":"call","per":1,"milli":17},
             {"model":"tiered","unit":"row","per":1000,"over":"month","method":"graduated",
              "tiers":[{"upTo":1000000,"milli":5},{"milli":3}]},
             {"model":"subscription","every":"month","milli":99000},
             {"model":"bounds","minimumMilli":1000,"capMilli":500000}],
             "shares":[{"beneficiary":"did:web:a.example","basisPoints":3000}],
             "credits":{"objectives":[{"objective":"availability","basisPoints":1000}],
              "capBasisPoints":3000}}
            """;

    private static Tariff read(String json) {
        return TariffJson.read(JsonMapper.shared().readTree(json), "/offers/0/tariff");
    }

    @Test
    void everyModelAndBack() {
        Tariff tariff = read(ALL);
        assertThat(tariff.prices()).hasSize(6);
        assertThat(tariff.zone().getId()).isEqualTo("Europe/Berlin");
        assertThat(TariffJson.write(tariff))
                .hasToString(JsonMapper.shared().readTree(ALL).toString());
        assertThat(read(TariffJson.write(tariff).toString())).isEqualTo(tariff);
    }

    @Test
    void theFirstFormStillReadsAndIsWrittenAsItWas() {
        String json =
                "{\"currency\":\"CNY\",\"prices\":[{\"unit\":\"use\",\"per\":1,\"milli\":2500}]}";
        Tariff tariff = read(json);
        assertThat(tariff)
                .isEqualTo(new Tariff("CNY", List.of(new Price.PerUnit("use", 1, 2_500))));
        assertThat(TariffJson.write(tariff)).hasToString(json);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "tiered"           | "teired"       | /offers/0/tariff/prices/3/model | did you mean 'tiered'
                    "flavour"          | "flavor"       | /offers/0/tariff/prices/1/flavor | did you mean 'flavour'
                    "every":"month"    | "every":"week" | /offers/0/tariff/prices/4/every | day, month
                    "milli":2500       | "milli":2.5    | /offers/0/tariff/prices/0/milli | integer
                    "milli":2500       | "milli":-1     | /offers/0/tariff/prices/0 | milli ≥ 0
                    "shares"           | "share"        | /offers/0/tariff/share | did you mean 'shares'
                    "basisPoints":3000 | "basisPoints":30000 | /offers/0/tariff/shares/0 | 1 to 10000
                    "EUR"              | "Euro"         | /offers/0/tariff | ISO 4217
                    Europe/Berlin      | Europe/Berlim  | /offers/0/tariff/zone | time zone
                    "unit":"call"      | "unit":"use"   | /offers/0/tariff | two prices for use
                    """)
    void whatIsWrongIsNamedByItsPointer(String right, String wrong, String pointer, String what) {
        assertThat(ALL).contains(right);
        assertThatThrownBy(() -> read(ALL.replace(right, wrong)))
                .isInstanceOfSatisfying(
                        MemberException.class, e -> assertThat(e.pointer()).isEqualTo(pointer))
                .hasMessageContaining(what);
    }
}
