package org.roadloop.govern.lake;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables need no Hadoop: it would be more bytes than all the rest. */
class HadoopFreeTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "org/apache/hadoop/conf/Configuration.class",
                "org/apache/hadoop/fs/FileSystem.class",
                "org/apache/parquet/hadoop/ParquetFileReader.class"
            })
    void noClassOfItIsOnThePath(String name) {
        assertThat(getClass().getClassLoader().getResource(name)).isNull();
        assertThat(getClass().getClassLoader().getResource("org/apache/iceberg/Table.class"))
                .as("the look itself finds what is there")
                .isNotNull();
    }
}
