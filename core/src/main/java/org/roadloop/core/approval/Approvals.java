package org.roadloop.core.approval;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.approval.ApprovalRule.Way;
import org.roadloop.core.asset.AssetCatalog;
import org.roadloop.core.contract.ContractAct;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.Decider;
import org.roadloop.core.contract.Dialogue;
import org.roadloop.core.contract.Message;
import org.roadloop.core.contract.Negotiation;
import org.roadloop.core.contract.OwnOfferDecider;
import org.roadloop.core.contract.Role;
import org.roadloop.core.contract.Supersession;
import org.roadloop.core.contract.TransferProcess;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.policy.MemberException;
import org.roadloop.core.policy.Policy;
import org.roadloop.core.policy.PolicyText.Words;
import org.roadloop.core.template.Template;
import org.roadloop.core.template.TemplateBook;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Decides by the operator's rules, and lets a person decide where they say so (审批). Where no rule
 * fits: as provider, own offers word for word and nothing else; as consumer, what was asked for,
 * and other terms wait. Any thread.
 */
public final class Approvals implements Decider {
    public static final String DECLARED = "approval.declared";
    public static final String HELD = "approval.held";
    public static final String DECIDED = "approval.decided";

    /** Told with each transfer that a suspended contract stops. */
    public static final String SUSPENDED = "agreement_suspended";

    private static final String PREFIX = "approval:";
    private static final int MOST_REASONS = 6;

    private final Ledger ledger;
    private final String did;
    private final Clock clock;
    private final AssetCatalog catalog;
    private final TemplateBook templates;
    private final ContractBook book;
    private final OwnOfferDecider own;
    private final Map<String, Held> held = new ConcurrentHashMap<>();
    private final Map<String, List<Decided>> decided = new ConcurrentHashMap<>();
    private final List<Consumer<Held>> listeners = new CopyOnWriteArrayList<>();
    private volatile List<ApprovalRule> rules = List.of();

    /** Replays the ledger. */
    public Approvals(
            Ledger ledger,
            String did,
            Clock clock,
            AssetCatalog catalog,
            TemplateBook templates,
            ContractBook book) {
        this.ledger = ledger;
        this.did = did;
        this.clock = clock;
        this.catalog = catalog;
        this.templates = templates;
        this.book = book;
        own = new OwnOfferDecider(catalog);
        try (Stream<Entry> entries = ledger.read(0, Set.of(DECLARED, HELD, DECIDED))) {
            entries.forEach(this::follow);
        }
    }

    /** Takes over what another node has appended. */
    public void follow(Entry entry) {
        Event event = entry.event();
        if (!event.type().startsWith("approval.")
                || !(event.body() instanceof Event.Inline inline)) {
            return;
        }
        String pid = event.subject().replaceFirst("^" + PREFIX, "");
        switch (event.type()) {
            case DECLARED -> {
                List<ApprovalRule> declared = new ArrayList<>();
                inline.json().required("rules").forEach(r -> declared.add(ApprovalRule.read(r)));
                rules = List.copyOf(declared);
            }
            case HELD -> held.put(pid, Held.read(pid, event.at(), inline.json()));
            case DECIDED -> keep(pid, Decided.read(event.at(), inline.json()));
            default -> {}
        }
    }

    private void keep(String pid, Decided decision) {
        held.remove(pid);
        List<Decided> all = decided.computeIfAbsent(pid, p -> new CopyOnWriteArrayList<>());
        if (all.stream().noneMatch(d -> d.turns() == decision.turns())) {
            all.add(decision);
        }
    }

    /** Told of each negotiation that begins to wait for a person; must be quick. */
    public void onHeld(Consumer<Held> listener) {
        listeners.add(listener);
    }

    // ---------------------------------------------------------------- the operator's rules

    public List<ApprovalRule> listRules() {
        return rules;
    }

    /** Replaces all rules; what is held stays held until it is decided. */
    public synchronized void declare(List<ApprovalRule> declared, String by) {
        if (declared.stream().map(ApprovalRule::name).distinct().count() != declared.size()) {
            throw new IllegalArgumentException("two rules have one name; give each its own");
        }
        ObjectNode body = JsonMapper.shared().createObjectNode().put("by", by);
        ArrayNode list = body.putArray("rules");
        declared.forEach(rule -> list.add(rule.toJson()));
        ledger.append(Event.of(DECLARED, clock.instant(), did, did, body));
        rules = List.copyOf(declared);
    }

    // ---------------------------------------------------------------- people

    /** What waits for a person now, longest first. */
    public List<Held> listHeld() {
        return held.values().stream()
                .filter(h -> findHeld(h.pid()).isPresent())
                .sorted(java.util.Comparator.comparing(Held::since))
                .toList();
    }

    public Optional<Held> findHeld(String pid) {
        Held one = held.get(pid);
        if (one != null
                && book.findNegotiation(pid).filter(n -> turns(n) == one.turns()).isEmpty()) {
            held.remove(pid, one); // it has moved on
            return Optional.empty();
        }
        return Optional.ofNullable(one);
    }

    /** What people and rules decided about a negotiation, oldest first. */
    public List<Decided> listDecided(String pid) {
        return List.copyOf(decided.getOrDefault(pid, List.of()));
    }

    /**
     * A person decides on what is held; carried out by the connector once this has returned, and
     * after a restart if it was not.
     *
     * @param by who, without a secret
     * @throws IllegalStateException if it is not held any more
     */
    public synchronized Decided decide(String pid, Decision decision, String by) {
        Held one =
                findHeld(pid)
                        .orElseThrow(
                                () ->
                                        new IllegalStateException(
                                                "negotiation '"
                                                        + pid
                                                        + "' does not wait for a decision"));
        return write(pid, new Decided(one.turns(), by, clock.instant(), decision));
    }

    private Decided write(String pid, Decided decision) {
        ledger.append(Event.of(DECIDED, decision.at(), did, PREFIX + pid, decision.toJson()));
        keep(pid, decision);
        return decision;
    }

    // ---------------------------------------------------------------- deciding

    @Override
    public Decision decide(Negotiation n) {
        boolean provider = n.dialogue().self() == Role.PROVIDER;
        for (Decided known : decided.getOrDefault(n.dialogue().pid(), List.of())) {
            if (known.turns() == turns(n)) {
                return known.decision();
            }
        }
        return switch (n) {
            case Negotiation.Requested r when provider -> judge(n, r.offer());
            case Negotiation.Offered o when !provider -> judge(n, o.offer());
            case Negotiation.Requested r -> own.decide(n);
            case Negotiation.Offered o -> own.decide(n);
            case Negotiation.Accepted a -> own.decide(n);
            case Negotiation.Agreed a -> own.decide(n);
            case Negotiation.Verified v -> own.decide(n);
            case Negotiation.Finalized f -> own.decide(n);
            case Negotiation.Terminated t -> own.decide(n);
        };
    }

    /** A transfer under a contract that we suspended is stopped, whoever started it. */
    @Override
    public Decision decide(TransferProcess transfer) {
        Role self = transfer.dialogue().self();
        for (ContractAct act : book.suspensions(transfer.agreementId())) {
            if (act.by() == self && transfer instanceof TransferProcess.Started) {
                return new Decision.Suspend(SUSPENDED, because(act));
            }
            if (self == Role.PROVIDER && transfer instanceof TransferProcess.Requested) {
                return new Decision.Terminate(SUSPENDED, because(act));
            }
        }
        return own.decide(transfer);
    }

    /** Reason of a suspension as the other side reads it; never empty. */
    private static List<String> because(ContractAct act) {
        List<String> reasons = new ArrayList<>();
        reasons.add(act.code());
        reasons.addAll(act.reason());
        return reasons;
    }

    /** The terms of ours that another's are compared with. */
    public Optional<Policy> ours(Negotiation n) {
        List<Dialogue.Turn> turns = n.dialogue().turns();
        Policy theirs = null;
        for (Dialogue.Turn turn : turns.reversed()) {
            Policy offer = offer(turn.message());
            if (offer != null && turn.sender() == n.dialogue().self()) {
                return Optional.of(offer);
            }
            theirs = offer != null && theirs == null ? offer : theirs;
        }
        if (theirs == null) {
            return Optional.empty();
        }
        return n.dialogue().self() == Role.PROVIDER ? fromCatalog(theirs) : former(theirs);
    }

    /** A change that the provider begins is compared with the contract as it is. */
    private Optional<Policy> former(Policy theirs) {
        try {
            return Supersession.find(theirs)
                    .flatMap(change -> book.findContract(change.agreementId()))
                    .map(contract -> contract.agreement().policy());
        } catch (MemberException e) {
            return Optional.empty();
        }
    }

    private Optional<Policy> fromCatalog(Policy theirs) {
        String target = theirs.target() == null ? "" : theirs.target();
        return catalog.find(target)
                .flatMap(asset -> asset.findOffer(theirs.uid()))
                .map(offer -> offer.terms().withTarget(target));
    }

    private static @Nullable Policy offer(Message message) {
        return switch (message) {
            case Message.ContractRequestMessage m -> m.offer();
            case Message.ContractOfferMessage m -> m.offer();
            default -> null;
        };
    }

    private Decision judge(Negotiation n, Policy theirs) {
        boolean provider = n.dialogue().self() == Role.PROVIDER;
        String target = theirs.target() == null ? "" : theirs.target();
        if (provider && catalog.find(target).isEmpty()) {
            return terminate("asset_unknown", "no asset '" + target + "' is offered here");
        }
        Optional<Policy> ours = ours(n);
        Optional<Decision> flaw = flaw(n, theirs);
        if (flaw.isPresent()) {
            return flaw.get();
        }
        boolean sameAsset = ours.isEmpty() || target.equals(ours.get().target());
        List<PolicyDiff.Difference> differences =
                ours.map(o -> PolicyDiff.between(o, theirs)).orElse(List.of());
        boolean same = ours.isPresent() && sameAsset && differences.isEmpty();
        for (ApprovalRule rule : rules) {
            if (rule.fits(n.dialogue().self(), n.dialogue().peer(), ours.orElse(theirs))) {
                boolean within =
                        ours.isPresent()
                                && sameAsset
                                && rule.allows(beyondTemplate(differences, theirs));
                return by(rule, n, same, within, differences);
            }
        }
        if (same) {
            return new Decision.Agree();
        }
        return provider
                ? differ(theirs, ours.isPresent(), differences)
                : hold(n, null, words(differences));
    }

    private Decision by(
            ApprovalRule rule,
            Negotiation n,
            boolean same,
            boolean within,
            List<PolicyDiff.Difference> differences) {
        return switch (rule.decide()) {
            case HOLD -> hold(n, rule, words(differences));
            case REFUSE -> refuse(rule, List.of());
            case AUTOMATIC -> {
                if (same) {
                    yield new Decision.Agree();
                }
                if (within) {
                    Decision agree = new Decision.Agree();
                    String name = "rule " + rule.name();
                    write(n.dialogue().pid(), new Decided(turns(n), name, clock.instant(), agree));
                    yield agree;
                }
                yield rule.otherwise() == Way.HOLD
                        ? hold(n, rule, words(differences))
                        : refuse(rule, differences);
            }
        };
    }

    /** A change must name a contract in force between the two, about the same. */
    private Optional<Decision> flaw(Negotiation n, Policy theirs) {
        try {
            Optional<Supersession> change = Supersession.find(theirs);
            if (change.isEmpty()) {
                return Optional.empty();
            }
            boolean known =
                    book.findContract(change.get().agreementId())
                            .filter(ContractBook.Contract::inForce)
                            .filter(c -> c.self() == n.dialogue().self())
                            .filter(c -> c.agreement().asset().equals(theirs.target()))
                            .filter(c -> peer(c).equals(n.dialogue().peer()))
                            .isPresent();
            if (!known) {
                return Optional.of(
                        terminate(
                                "supersedes_unknown",
                                "no contract '"
                                        + change.get().agreementId()
                                        + "' in force with you about this asset"));
            }
            return change.get().carried() || !Template.carries(theirs)
                    ? Optional.empty()
                    : Optional.of(
                            terminate(
                                    "counters_not_fresh",
                                    "these terms go on counting: send \"counters\": \"carried\""));
        } catch (MemberException e) {
            return Optional.of(terminate("supersedes_unknown", String.valueOf(e.getMessage())));
        }
    }

    private static String peer(ContractBook.Contract contract) {
        return contract.self() == Role.PROVIDER
                ? contract.agreement().consumer()
                : contract.agreement().provider();
    }

    /** Without what only says from which template terms come, where that is still true. */
    private List<PolicyDiff.Difference> beyondTemplate(
            List<PolicyDiff.Difference> differences, Policy theirs) {
        boolean still = !theirs.extensions().containsKey(Template.MEMBER) || fromTemplate(theirs);
        String member = "/" + Template.MEMBER;
        return differences.stream()
                .filter(d -> !(still && (d.pointer() + "/").startsWith(member + "/")))
                .toList();
    }

    private boolean fromTemplate(Policy theirs) {
        var member = theirs.extensions().get(Template.MEMBER);
        if (member == null) {
            return false;
        }
        try {
            Policy made =
                    templates
                            .get(member.path("name").asString(""), member.path("version").asInt(0))
                            .offer(theirs.uid(), member.path("values"))
                            .terms();
            return made.sameTerms(Supersession.without(theirs));
        } catch (IllegalArgumentException | java.util.NoSuchElementException e) {
            return false;
        }
    }

    private Decision differ(Policy theirs, boolean known, List<PolicyDiff.Difference> differences) {
        if (!known) {
            return terminate(
                    "offer_unknown",
                    "asset '" + theirs.target() + "' has no offer '" + theirs.uid() + "'");
        }
        List<String> reasons = new ArrayList<>();
        reasons.add(
                "the request differs from offer '"
                        + theirs.uid()
                        + "': send it as the catalogue shows it");
        reasons.addAll(shown(differences));
        return new Decision.Terminate("offer_differs", reasons);
    }

    /** From the reader's side: what we call ours is the other's theirs. */
    private static List<String> shown(List<PolicyDiff.Difference> differences) {
        return differences.stream()
                .limit(MOST_REASONS)
                .map(
                        d ->
                                d.pointer()
                                        + ": offered: "
                                        + d.oursText().english()
                                        + "; asked: "
                                        + d.theirsText().english())
                .toList();
    }

    private static Decision refuse(ApprovalRule rule, List<PolicyDiff.Difference> differences) {
        List<String> reasons = new ArrayList<>();
        reasons.add(rule.reason().isEmpty() ? "refused by a rule of this side" : rule.reason());
        reasons.addAll(shown(differences));
        return new Decision.Terminate(
                rule.code().isEmpty() ? "refused_by_rule" : rule.code(), reasons);
    }

    private static Decision.Terminate terminate(String code, String reason) {
        return new Decision.Terminate(code, List.of(reason));
    }

    private static Words words(List<PolicyDiff.Difference> differences) {
        return differences.isEmpty()
                ? new Words("a person decides on these terms", "该条款须由人工审批")
                : new Words(
                        differences.size() + " terms differ from ours",
                        "有 " + differences.size() + " 处条款与我方不同");
    }

    private Decision hold(Negotiation n, @Nullable ApprovalRule rule, Words why) {
        String pid = n.dialogue().pid();
        Held one = findHeld(pid).orElse(null);
        if (one == null) {
            Instant now = clock.instant();
            Optional<Instant> until =
                    rule == null ? Optional.empty() : rule.holdAtMost().map(now::plus);
            String name = rule == null ? "" : rule.name();
            one = new Held(pid, turns(n), now, name, until, why);
            ledger.append(Event.of(HELD, now, did, PREFIX + pid, one.toJson()));
            held.put(pid, one);
        }
        if (one.until().isPresent() && !one.until().get().isAfter(clock.instant())) {
            Decision over =
                    terminate(
                            "approval_timeout",
                            "nobody here decided in time; begin again if it is still wanted");
            String name = "rule " + one.rule();
            return write(pid, new Decided(turns(n), name, clock.instant(), over)).decision();
        }
        Held waiting = one;
        listeners.forEach(listener -> listener.accept(waiting));
        return new Decision.Hold(why.english());
    }

    private static int turns(Negotiation n) {
        return n.dialogue().turns().size();
    }
}
