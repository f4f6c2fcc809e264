/**
 * What one run of the loop shows (运行报告): {@code summary.json} and one self-contained {@code
 * report.html}.
 *
 * <p>Both are rendered from the same {@link org.roadloop.app.report.Summary}, so they cannot
 * disagree. The summary is a tree of records: the seven {@link org.roadloop.app.report.Station}s
 * with their named figures, one section per station with the details ({@link
 * org.roadloop.app.report.CollectSummary} and so on), the {@link org.roadloop.app.report.RoadMap}
 * and the {@link org.roadloop.app.report.Chart}s. A section that a run did not reach is absent, and
 * the report says so in its place.
 *
 * <p>Only governed data may be put in: pseudonyms instead of vehicle identities, local metres
 * instead of degrees, no sample from a masked area.
 *
 * <h2>summary.json</h2>
 *
 * <p>UTF-8 JSON, format {@value org.roadloop.app.report.Summary#FORMAT}. Keys are the record
 * components in their order, units in their names; an absent value has no key; instants are ISO
 * 8601 in UTC; money is integer thousandths of the currency's main unit; whole numbers are written
 * without a fraction. A sample of a track is the array {@code [xMetres, yMetres, speedKmh]}. {@link
 * org.roadloop.app.report.SummaryJson} reads it back; {@link org.roadloop.app.report.Report#render}
 * makes the same page from it again.
 *
 * <h2>report.html</h2>
 *
 * <p>One file without any outside address. Every table is text written here; every number in it is
 * a {@code data} element with the exact value and a JSON pointer into the summary ({@code
 * data-at}). The summary itself is embedded once, and the script {@code report.js} draws the
 * pictures from it.
 */
@NullMarked
package org.roadloop.app.report;

import org.jspecify.annotations.NullMarked;
