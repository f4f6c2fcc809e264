/**
 * Published recordings that come in through the same doors as live traffic (录制数据接入).
 *
 * <p>A message of a pilot event is one record of the frame log: a JSON object {@code
 * {"recording":…, "epochMicros":…, "coreData":{…}}} whose {@code coreData} is that of the
 * recording, field for field.
 */
@NullMarked
package org.roadloop.collect.recording;

import org.jspecify.annotations.NullMarked;
