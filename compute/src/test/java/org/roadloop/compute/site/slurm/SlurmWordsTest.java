package org.roadloop.compute.site.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** Words of Slurm, of this version and of later ones. */
class SlurmWordsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    PENDING              | PENDING
                    CANCELLED by 1000    | CANCELLED
                    CANCELLED+           | CANCELLED
                    OUT_OF_MEMORY        | OUT_OF_MEMORY
                    DEADLINE             | TIMEOUT
                    BOOT_FAIL            | NODE_FAIL
                    RUNNING,COMPLETING   | COMPLETING
                    COMPLETED,COMPLETING | COMPLETING
                    PREEMPTED            | PREEMPTED
                    SOMETHING_NEW        | UNKNOWN
                    """)
    void statesOfEveryVersion(String words, JobState expected) {
        assertThat(JobState.of(List.of(words.split(",")))).isEqualTo(expected);
    }

    /** The second form is that of later versions, as their own description has it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"job_id": 7, "name": "n", "job_state": "RUNNING", "cpus": 16, "node_count": 2, "start_time": 1700000000, "end_time": 0}
                    {"job_id": 7, "name": "n", "job_state": ["RUNNING"], "cpus": {"set": true, "infinite": false, "number": 16}, "node_count": {"set": true, "number": 2}, "start_time": {"set": true, "number": 1700000000}, "end_time": {"set": false, "number": 9}}
                    """)
    void jobsOfEveryVersion(String json) {
        JobStatus job = SlurmJson.job(JsonMapper.shared().readTree(json));
        assertThat(job.id()).isEqualTo(7);
        assertThat(job.state()).isEqualTo(JobState.RUNNING);
        assertThat(job.cpus()).isEqualTo(16);
        assertThat(job.nodes()).isEqualTo(2);
        assertThat(job.start().orElseThrow().getEpochSecond()).isEqualTo(1_700_000_000);
        assertThat(job.end()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    ai[1-3]         | ai1,ai2,ai3
                    ai[08-10],login | ai08,ai09,ai10,login
                    n[1,3-4]x       | n1x,n3x,n4x
                    one             | one
                    """)
    void listsOfHosts(String list, String names) {
        assertThat(String.join(",", Cluster.hosts(list))).isEqualTo(names);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    npu:8(S:0-1)         | npu | 8
                    gpu:a100:4,gpu:t4:2  | gpu | 6
                    gpu                  | gpu | 1
                    """)
    void cardsOfANode(String gres, String kind, int cards) {
        assertThat(Cluster.gres(gres)).containsEntry(kind, cards).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"1-00:00:00, 1440", "01:00:00, 60", "UNLIMITED, 0"})
    void limitsOfPartitions(String limit, long minutes) {
        assertThat(SlurmCommands.minutes(limit)).isEqualTo(minutes);
    }

    @Test
    void aWordStaysOneWordForAShell() {
        assertThat(JobScript.quote("it's $(here)")).isEqualTo("'it'\\''s $(here)'");
    }
}
