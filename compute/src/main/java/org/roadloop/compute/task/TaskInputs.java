package org.roadloop.compute.task;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.roadloop.compute.broker.Wish;
import org.roadloop.compute.site.Site;
import org.roadloop.core.contract.UsageGate;

/**
 * Where the inputs of a task are (输入位置), as its placement was decided by: tables and the owner's
 * files where the platform keeps them, and, of what was staged before, the sites that still have
 * it.
 *
 * @param located all but those with their content in the task
 */
record TaskInputs(List<At> located) {
    record At(TaskRequest.Input input, InputResolver.Located at) {}

    /**
     * @throws IllegalArgumentException if an input is not there, or not this lease's
     */
    static TaskInputs locate(TaskWiring wiring, OpenTask task) {
        List<At> located = new ArrayList<>();
        UsageGate.Lease lease = task.lease();
        for (TaskRequest.Input input : task.request().inputs()) {
            if (!input.url().isEmpty()) {
                located.add(
                        new At(
                                input,
                                lease == null
                                        ? wiring.own().locate(input)
                                        : wiring.inputs().locate(input.url(), lease)));
            }
        }
        return new TaskInputs(List.copyOf(located));
    }

    /** For the broker: one of each part, in the order of the inputs and of their parts. */
    List<Wish.Data> data(List<Site> sites) {
        List<Wish.Data> data = new ArrayList<>();
        for (At input : located) {
            for (InputResolver.Part part : input.at().parts()) {
                Set<String> nodes = new LinkedHashSet<>(input.at().nodes());
                for (Site site : sites) {
                    if (site.replica(part.sha256()).isPresent()) {
                        nodes.add(site.capabilities().node());
                    }
                }
                data.add(new Wish.Data(List.copyOf(nodes), part.dataBytes(), part.sha256()));
            }
        }
        return data;
    }
}
