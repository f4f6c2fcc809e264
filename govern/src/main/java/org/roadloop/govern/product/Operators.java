package org.roadloop.govern.product;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.roadloop.govern.align.JoinViews;
import org.roadloop.govern.align.MapMatch;
import org.roadloop.govern.align.Resample;
import org.roadloop.govern.align.TimeSync;
import org.roadloop.govern.classify.Classify;
import org.roadloop.govern.coordinates.Datum;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.privacy.Cells;
import org.roadloop.govern.privacy.FormatPreserving;
import org.roadloop.govern.privacy.KAnonymity;
import org.roadloop.govern.privacy.PseudonymColumns;
import org.roadloop.govern.privacy.Scrub;
import org.roadloop.govern.privacy.TrajectoryRelease;
import org.roadloop.govern.privacy.TripMasking;
import org.roadloop.govern.privacy.attack.AttackRates;
import org.roadloop.govern.quality.Quality;

/** The operators a plan may name (算子表), one line each. */
public final class Operators {
    /**
     * @param name as {@link Operator#name()} gives it: {@code select/1}
     * @param summary one sentence for editors
     */
    public record Entry(String name, Class<? extends Operator> type, String summary) {
        /** The name without its version. */
        public String word() {
            return name.substring(0, name.indexOf('/'));
        }
    }

    /** A word without a version means the last one here with it. */
    public static final List<Entry> ALL =
            List.of(
                    new Entry(
                            "classify/1",
                            Classify.class,
                            "Holds the declared class and grade of every column against its values."),
                    new Entry(
                            "quality/1",
                            Quality.class,
                            "Checks every row against the one before of its vehicle, and adds what is"
                                    + " wrong with it as a column of reasons."),
                    new Entry("select/1", Select.class, "Keeps these columns, in this order."),
                    new Entry("drop/1", Drop.class, "Leaves these columns out."),
                    new Entry("rename/1", Rename.class, "Gives columns other names."),
                    new Entry(
                            "where/1",
                            Where.class,
                            "Keeps the rows for which every condition holds."),
                    new Entry(
                            "pseudonym/1",
                            PseudonymColumns.class,
                            "Puts tokens of one contract and epoch in the place of identities."),
                    new Entry(
                            "format_preserving/1",
                            FormatPreserving.class,
                            "Encrypts identities whose format must survive."),
                    new Entry(
                            "scrub/1",
                            Scrub.class,
                            "Takes identities and positions out of free text."),
                    new Entry(
                            "datum/1",
                            Datum.class,
                            "Brings positions to one datum and tags them with it."),
                    new Entry(
                            "trip_mask/1",
                            TripMasking.class,
                            "Takes out positions in sensitive areas and at the ends of trips."),
                    new Entry(
                            "trajectory_release/1",
                            TrajectoryRelease.class,
                            "Releases the segments of trajectories that k vehicles share."),
                    new Entry(
                            "cells/1",
                            Cells.class,
                            "Counts rows and vehicles in squares with k vehicles each."),
                    new Entry(
                            "attack_rates/1",
                            AttackRates.class,
                            "Attacks released trajectories and reports how often it succeeds."),
                    new Entry(
                            "k_anonymity/1",
                            KAnonymity.class,
                            "Generalises columns until every row looks like k - 1 others."),
                    new Entry(
                            "resample/1",
                            Resample.class,
                            "Puts each vehicle's rows on a fixed period."),
                    new Entry(
                            "time_sync/1",
                            TimeSync.class,
                            "Sets a clock right by arrivals or by vehicles that two views saw."),
                    new Entry(
                            "map_match/1",
                            MapMatch.class,
                            "Finds the way of each vehicle through a road network."),
                    new Entry(
                            "join_views/1",
                            JoinViews.class,
                            "Puts what the roadside saw beside each row."),
                    new Entry(
                            "aggregate/1",
                            Aggregate.class,
                            "Statistics of groups of rows; groups of too few vehicles are left"
                                    + " out."));

    private Operators() {}

    /** By {@code select} or {@code select/1}. */
    static Optional<Entry> find(String word) {
        return ALL.reversed().stream()
                .filter(e -> e.name().equals(word) || e.word().equals(word))
                .findFirst();
    }

    /** Every word a plan may use. */
    static List<String> words() {
        List<String> words = new ArrayList<>();
        for (Entry entry : ALL) {
            if (!words.contains(entry.word())) {
                words.add(entry.word());
            }
            words.add(entry.name());
        }
        return words;
    }
}
