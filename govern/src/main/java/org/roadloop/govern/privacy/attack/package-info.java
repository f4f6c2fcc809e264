/** Attacks on released data, run before an attacker does (重标识攻击): their rates go into passports. */
@NullMarked
package org.roadloop.govern.privacy.attack;

import org.jspecify.annotations.NullMarked;
