package org.roadloop.app.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    0           | 0
                    12          | 12
                    -3          | -3
                    61893       | 61,893
                    1234567890  | 1,234,567,890
                    61.372      | 61.37
                    811.64      | 811.6
                    24318.4     | 24,318
                    4.318       | 4.32
                    0.0307      | 0.0307
                    0.00512     | 0.00512
                    0.00004321  | 0.000043
                    -0.5        | -0.5
                    99.9949     | 99.99
                    """)
    void showsAboutFourDigits(double value, String shown) {
        assertThat(Numbers.show(value)).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    0        | 0.000
                    5        | 0.005
                    4318     | 4.318
                    1234567  | 1,234.567
                    -20      | -0.020
                    """)
    void moneyKeepsItsThousandths(long thousandths, String shown) {
        assertThat(Numbers.milli(thousandths)).isEqualTo(shown);
    }
}
