package org.roadloop.app.platform;

import java.net.URI;
import java.time.Clock;
import java.util.function.Consumer;
import org.roadloop.app.config.Config;
import org.roadloop.app.home.Home;

/**
 * What every part of a running platform shares.
 *
 * @param publicUrl how others reach the HTTP door, without a slash at the end; the port is bound
 *     before the first part starts
 * @param fail stops the platform: a broken invariant, never bad input
 */
public record PlatformContext(
        Home home, Config config, URI publicUrl, Clock clock, Consumer<Throwable> fail) {}
