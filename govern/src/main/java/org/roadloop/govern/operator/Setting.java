package org.roadloop.govern.operator;

import java.util.function.Function;
import org.roadloop.core.table.TableSource;

/**
 * What a run is given besides its input (运行环境).
 *
 * @param seed of everything drawn at random that is not keyed
 * @param sides opens one of {@link Operator#sides}, sorted as {@link Operator#order(String)} of it
 *     says, where its columns are there; throws {@link java.util.NoSuchElementException}
 */
public record Setting(Keyring keys, long seed, Function<String, TableSource.Scan> sides) {
    public static Setting of(Keyring keys, long seed) {
        return new Setting(
                keys,
                seed,
                name -> {
                    throw new java.util.NoSuchElementException("no side input '" + name + "'");
                });
    }
}
