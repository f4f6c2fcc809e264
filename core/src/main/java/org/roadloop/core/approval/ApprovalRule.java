package org.roadloop.core.approval;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.roadloop.core.contract.Role;
import org.roadloop.core.policy.Policy;
import org.roadloop.core.template.Template;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * How negotiations of one kind are decided (审批规则); of several that fit, the first counts.
 *
 * <pre>
 * {"name": "partners", "role": "provider", "asset": "tracks*", "template": "count-limited",
 *  "partner": "did:web:*.example.org", "decide": "automatic", "otherwise": "hold",
 *  "limits": [{"term": "count", "atMost": "20"}, {"term": "price:use", "atLeast": "2000"}],
 *  "holdAtMost": "PT48H", "code": "", "reason": ""}
 * </pre>
 *
 * @param role our side; empty: both
 * @param asset of a {@code *} pattern; empty: all
 * @param template of a {@code *} pattern; empty: all, those without one too
 * @param partner DID, of a {@code *} pattern; empty: all
 * @param otherwise what becomes of terms beyond the limits: HOLD or REFUSE
 * @param holdAtMost a person's time to decide; then it is terminated
 * @param code of a refusal; empty: {@code refused_by_rule}
 */
public record ApprovalRule(
        String name,
        Optional<Role> role,
        String asset,
        String template,
        String partner,
        Way decide,
        Way otherwise,
        List<Limit> limits,
        Optional<Duration> holdAtMost,
        String code,
        String reason) {
    private static final Duration LONGEST = Duration.ofDays(366);
    private static final Set<String> MEMBERS =
            Set.of(
                    "name",
                    "role",
                    "asset",
                    "template",
                    "partner",
                    "decide",
                    "otherwise",
                    "limits",
                    "holdAtMost",
                    "code",
                    "reason");

    /** Who decides. */
    public enum Way {
        /** Our own terms are agreed to, others within the limits. */
        AUTOMATIC,
        /** A person. */
        HOLD,
        REFUSE;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Way of(String word) {
            for (Way way : values()) {
                if (way.word().equals(word)) {
                    return way;
                }
            }
            throw new IllegalArgumentException("'" + word + "' is not automatic, hold or refuse");
        }
    }

    public ApprovalRule {
        limits = List.copyOf(limits);
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,60}")) {
            throw new IllegalArgumentException("rule name '" + name + "' is no short word");
        }
        if (otherwise == Way.AUTOMATIC) {
            throw new IllegalArgumentException(
                    "rule '" + name + "': otherwise is hold or refuse, not automatic");
        }
        if (holdAtMost.isPresent()
                && (holdAtMost.get().isNegative()
                        || holdAtMost.get().isZero()
                        || holdAtMost.get().compareTo(LONGEST) > 0)) {
            throw new IllegalArgumentException(
                    "rule '" + name + "': holdAtMost is a duration up to " + LONGEST);
        }
        if (!code.isEmpty() && !code.matches("[a-z][a-z0-9_]{0,60}")) {
            throw new IllegalArgumentException("rule '" + name + "': code is no lower_case name");
        }
    }

    /**
     * @param ours what their terms are compared with; theirs where there is nothing
     */
    boolean fits(Role self, String peer, Policy ours) {
        String target = ours.target() == null ? "" : ours.target();
        return (role.isEmpty() || role.get() == self)
                && fits(asset, target)
                && fits(template, Template.nameIn(ours).orElse(""))
                && fits(partner, peer);
    }

    /** A {@code *} stands for any text. */
    private static boolean fits(String pattern, String text) {
        if (pattern.isEmpty()) {
            return true;
        }
        String[] parts = pattern.split("\\*", -1);
        int at = parts[0].length();
        if (parts.length == 1) {
            return text.equals(pattern);
        }
        String last = parts[parts.length - 1];
        if (!text.startsWith(parts[0])
                || !text.endsWith(last)
                || text.length() < at + last.length()) {
            return false;
        }
        for (int i = 1; i < parts.length - 1; i++) {
            int found = text.indexOf(parts[i], at);
            if (found < 0 || found + parts[i].length() > text.length() - last.length()) {
                return false;
            }
            at = found + parts[i].length();
        }
        return true;
    }

    /** Whether every difference is within a limit. */
    boolean allows(List<PolicyDiff.Difference> differences) {
        return differences.stream().allMatch(d -> limits.stream().anyMatch(l -> l.holds(d)));
    }

    /**
     * @throws IllegalArgumentException that says what is wrong
     */
    public static ApprovalRule read(JsonNode json) {
        for (String member : json.propertyNames()) {
            if (!MEMBERS.contains(member)) {
                throw new IllegalArgumentException(
                        "a rule has no '"
                                + member
                                + "'; it has "
                                + MEMBERS.stream().sorted().toList());
            }
        }
        List<Limit> limits = new ArrayList<>();
        json.path("limits").forEach(l -> limits.add(Limit.read(l)));
        String role = json.path("role").asString("");
        String time = json.path("holdAtMost").asString("");
        try {
            return new ApprovalRule(
                    json.path("name").asString(""),
                    role.isEmpty() ? Optional.empty() : Optional.of(Role.of(role)),
                    json.path("asset").asString(""),
                    json.path("template").asString(""),
                    json.path("partner").asString(""),
                    Way.of(json.path("decide").asString("")),
                    Way.of(json.path("otherwise").asString("hold")),
                    limits,
                    time.isEmpty() ? Optional.empty() : Optional.of(Duration.parse(time)),
                    json.path("code").asString(""),
                    json.path("reason").asString(""));
        } catch (java.time.format.DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "holdAtMost '" + time + "' is no duration; write for example PT48H", e);
        }
    }

    public ObjectNode toJson() {
        ObjectNode json = JsonMapper.shared().createObjectNode().put("name", name);
        role.ifPresent(r -> json.put("role", r.term()));
        for (String[] member :
                new String[][] {
                    {"asset", asset},
                    {"template", template},
                    {"partner", partner},
                    {"code", code},
                    {"reason", reason}
                }) {
            if (!member[1].isEmpty()) {
                json.put(member[0], member[1]);
            }
        }
        json.put("decide", decide.word()).put("otherwise", otherwise.word());
        limits.forEach(l -> json.withArray("limits").add(l.toJson()));
        holdAtMost.ifPresent(d -> json.put("holdAtMost", d.toString()));
        return json;
    }
}
