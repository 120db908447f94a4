"""Words that say nothing about a person: grammar, and the phrases of profiles."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


GERMAN = _words(
    """
    ab aber alle allem allen aller alles als also am an andere anderem anderen anderer
    anderes auch auf aus bei beim bin bis bist da dabei dadurch dafür daher damit dann
    daran darauf darin darum darüber das dass davon dazu dein deine dem den denn der
    deren des dessen deshalb die dies diese diesem diesen dieser dieses doch dort du
    durch ein eine einem einen einer eines einige einigen einiger er es etc etwa etwas
    euch euer eure für ganz gar gegen gibt habe haben hat hatte hatten hier hin hinter
    ich ihm ihn ihnen ihr ihre ihrem ihren ihrer ihres im in indem ins ist ja jede jedem
    jeden jeder jedes jedoch jene jetzt kann kein keine keinem keinen keiner können
    könnte lassen machen man manche mehr mein meine meinem meinen meiner mich mir mit
    möchte möchten muss müssen nach neben nicht nichts noch nun nur ob oder ohne schon
    sehr sein seine seinem seinen seiner seit selbst sich sie sind so sogar solche soll
    sollen sollte sondern sonst sowie sowohl über um und uns unser unsere unserem
    unseren unserer unter viel viele vielen vom von vor während wann war waren warum was
    weil welche welchem welchen welcher welches wenn wer werde werden wie wieder will
    wir wird wo wobei wollen worden wurde wurden würde zu zum zur zwar zwischen bzw bspw
    ggf inkl insb sowas usw uvm vgl zb
    """
)

ENGLISH = _words(
    """
    a about above across after afterwards again against all almost along already also
    although always am among an and another any anyone anything are around as at be
    became because become becomes been before being below besides between beyond both
    but by can cannot could did do does doing done down during each eg either else etc
    even ever every everyone everything few for from further get gets give go had has
    have having he hence her here hers him his how however i ie if in indeed into is it
    its itself just keep least less made make many may me might more moreover most
    mostly much must my myself namely neither never nevertheless next no nobody none nor
    not nothing now of off often on once one only onto or other others otherwise our
    ours out over own per perhaps please put rather re same see seem seems several she
    should since so some someone something sometimes still such take than that the their
    theirs them themselves then there thereby therefore these they this those though
    through throughout thus to together too toward towards under until up upon us very
    via was we well were what whatever when where whereas whether which while who whole
    whom whose why will with within without would yet you your yours don didn doesn isn
    ll ve
    """
)

PROFILE_PHRASES = _words(
    """
    biete bieten anbieten gerne gern gesucht interesse interessen interessiert suche
    suchen interested interests looking offer offering offers seek seeking seeks want
    wanted wants
    """
)
"""How people begin a line of a profile; to have "looking for" in common is no reason to meet."""

NEVER_STOPPED = frozenset({"IT", "US", "WHO"})
"""Names that look like stop words in lower case."""
