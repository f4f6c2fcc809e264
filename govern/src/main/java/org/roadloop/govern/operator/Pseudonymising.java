package org.roadloop.govern.operator;

import java.util.Set;

/**
 * An operator that puts tokens in the place of identities (假名化算子), which a static check must know.
 */
public interface Pseudonymising {
    /** Columns of the output whose cells are tokens of one product or contract. */
    Set<String> tokenColumns();
}
