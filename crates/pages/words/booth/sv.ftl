# Valbåset i webbläsaren, på svenska.

## Kring sidorna
booth-title = Din valsedel
booth-footer = Din valsedel krypteras på den här enheten innan den skickas. Ingen som tar emot den kan se vems den är.
booth-program = Programmet på den här sidan
booth-program-note = Allt som röstar åt dig här är en enda samling filer med den här SHA-256-summan. Den står i valets definition, så vem som helst kan kontrollera att alla väljare fick samma.
booth-noscript = För att rösta behövs JavaScript: valsedeln krypteras på den här enheten, och det gör ett program. Tillåt skript på den här sidan och ladda om den. Inget hämtas någon annanstans ifrån.
booth-no-storage = Den här webbläsaren låter inte sidan spara något, och din röst skulle gå förlorad när den stängs. Lämna privat läge eller använd en annan webbläsare.
booth-runs-until = Till { $closes }
booth-keep = Låt det vara som det är
booth-back = Tillbaka
booth-open = Öppna

## Utan länk
booth-landing = Din personliga länk behövs
booth-landing-note = Den står i inbjudan som du fick med e-post eller på papper. Öppna den där, eller klistra in hela länken här.
booth-paste = Personlig länk
booth-paste-wrong = Det här är inte en hel personlig länk. Den börjar med den här sidans adress och fortsätter med en lång rad bokstäver efter tecknet #.
booth-recover = Jag har en återställningskod
booth-recover-note = Den ger tillbaka det som en förlorad eller tömd enhet visste: din identifierare och möjligheten att kontrollera och ändra din röst.
booth-recovery-code = Återställningskod (14 grupper)
booth-recover-do = Återställ
booth-whose = Vems valsedel är det?
booth-whose-note = Flera personer har röstat i det här valet på den här enheten. Välj din identifierare, eller öppna din egen länk.

## Vilket val det är
booth-welcome = Om det här valet
booth-who = Vem som håller det
booth-who-contact = { $organiser }, { $contact }
booth-until = Tid
booth-class = Du röstar som
booth-secret = Hemlighet
booth-secret-note = Hemligt. Din röst öppnas bara under en identifierare som den här enheten hittar på och som ingen kan skilja från andras. Alla kan se att någon röstat under den; bara du vet att den är din.
booth-changes = Ändra din röst
booth-changes-never = Går inte. Det du lämnar är slutgiltigt.
booth-changes-replace = Går tills röstningen stänger: rösta igen, och den sista rösten räknas.
booth-changes-withdraw = Går tills röstningen stänger: rösta igen, och den sista rösten räknas, eller ta tillbaka din röst.
booth-limit = Tid för formuläret
booth-limit-note = { $minutes } minuter från att du öppnar valsedeln. Sedan öppnar du den igen med ett tryck; det du kryssat finns kvar.
booth-begin = Till valsedeln
booth-look-again = Titta igen
booth-compare = Jämför valets id
booth-to-board = Valet på den offentliga anslagstavlan
booth-not-yet-open = Röstningen har inte börjat än. Kom tillbaka med samma länk när den har börjat.
booth-opens-at = Röstningen börjar { $opens }. Kom tillbaka med samma länk.
booth-not-accepting = Anslagstavlan tar inte emot röster just nu. Om röstningen nyss slutade stängs den; titta annars igen om en minut.
booth-is-closed = Röstningen är stängd.
booth-is-cancelled = Det här valet är inställt. Det blir inget resultat.
booth-not-prepared = Det här valet förbereds fortfarande. Kom tillbaka senare med samma länk.

## Valsedeln
booth-preparing = Hämtar din rätt att rösta
booth-preparing-note = Det tar en liten stund: den signeras utan att någon ser under vilken identifierare du använder den.
booth-ballot = Valsedel
booth-ballot-note = Inget lämnar den här enheten förrän du har sett allt en gång till.
booth-mistakes = Valsedeln är inte hel än:
booth-rule-one = Välj en.
booth-rule-up-to = Välj högst { $max }.
booth-rule-exactly = Välj exakt { $max }.
booth-rule-from-to = Välj minst { $min } och högst { $max }.
booth-search = Sök
booth-matches = Visas: { $shown } av { $all }
booth-chosen = Valda: { $chosen } av högst { $max }
booth-too-many = Fler än { $max } kan inte väljas. Ta bort en först.
booth-too-few = För få är valda i: { $contest }
booth-abstain = Jag avstår
booth-blank = Blank röst: ingen av dem
booth-to-review = Granska
booth-time-left = Tid kvar för formuläret: { $seconds } s. Det du kryssat finns kvar.
booth-time-up = Tiden för formuläret är slut. Det du kryssat finns kvar här.
booth-restart = Fortsätt med ett nytt formulär

## Granskning
booth-review = Är det här din röst?
booth-review-note = Det här kommer att lämnas:
booth-blank-note = Där inget är kryssat lämnar du en blank röst.
booth-final = Det här kan inte ångras.
booth-final-note = En lämnad röst kan varken ändras eller tas bort: inte om något annat kryssats än du ville, och inte om någon annan har använt din länk.
booth-replace-note = Du kan rösta igen tills röstningen stänger, och då räknas den sista rösten. Du kan inte ta tillbaka rösten utan att lämna en ny.
booth-withdraw-note = Du kan rösta igen tills röstningen stänger, och då räknas den sista rösten, eller ta tillbaka din röst.
booth-again-note = Du har redan röstat. Den här rösten ersätter den förra.
booth-cast = Lämna den här rösten

## På väg
booth-sending = Din röst lämnas
booth-sending-note = Håll sidan öppen. Om den stängs eller nätet försvinner, öppna den igen: den fortsätter där den var, och inget räknas två gånger.
booth-stage-checking = Kontrollerar valet
booth-stage-token = Hämtar rätten att rösta, utan namn på
booth-stage-casting = Krypterar, lämnar, väntar på kvittot
booth-says-opening = Öppnar…
booth-says-anchoring = Kontrollerar valet…
booth-says-asking = Ber om rätten att rösta…
booth-says-token = Rätten att rösta är här.
booth-says-sending = Lämnar…
booth-says-waiting-authority = Arrangörens tjänst svarar inte. Försöker igen…
booth-says-waiting-board = Anslagstavlan svarar inte än. Försöker igen…
booth-says-waiting-issuer = Utfärdaren svarar inte. Försöker igen…

## Klart
booth-done = Din röst
booth-stands-ballot = Din röst är registrerad. Du är klar.
booth-stands-withdrawal = Din röst är tillbakatagen, och det är registrerat.
booth-stands-returned = Din oanvända rätt att rösta i det här valet är återlämnad, och det är registrerat.
booth-stands-promised = Anslagstavlan har lovat att registrera den senast { $deadline }. Du kan stänga sidan; ”Kontrollera nu” visar det senare.
booth-stands-overdue = Anslagstavlan hade lovat att registrera den senast { $deadline }, och den tiden har gått. Tryck på ”Kontrollera nu”.
booth-stands-unknown = Det är oklart om din röst har kommit fram. Den finns på den här enheten och kan tryggt skickas igen.
booth-stands-unknown-returned = Det är oklart om din oanvända rätt att rösta har återlämnats. Det kan tryggt skickas igen.
booth-stands-unknown-earlier = Det är oklart om det senaste du skickade har kommit fram. Tills dess gäller det du lämnade tidigare.
booth-stands-not-recorded = Din röst är inte registrerad.
booth-stands-not-recorded-earlier = Det senaste du skickade är inte registrerat. Det du lämnade tidigare gäller.
booth-stands-other = Det som är registrerat under din identifierare lämnades på en annan enhet.
booth-stands-nothing = Inget har lämnats.
booth-identifier = Din identifierare
booth-identifier-note = Under den hittar du din röst på den offentliga anslagstavlan. Bara du vet att den är din: visa den inte för någon som inte ska veta hur du röstade.
booth-qr = Din identifierare som QR-kod
booth-copy = Kopiera
booth-copied = Kopierat.
booth-print = Skriv ut
booth-receipt = Ladda ner kvittot
booth-check = Kontrollera nu
booth-check-note = Hämtar din röst från anslagstavlan och kontrollerar den här, på den här enheten.
booth-own-vote = Hur jag röstade
booth-own-vote-note = Finns bara på den här enheten. Tjänsten vet det inte.
booth-recovery = Återställningskod
booth-recovery-note = Med den kan du kontrollera och ändra din röst på en annan enhet om den här försvinner. Den som har koden kan göra detsamma: skriv upp den där ingen annan tittar.
booth-recovery-show = Visa koden
booth-resend = Skicka igen
booth-vote-again = Ändra min röst
booth-withdraw = Ta tillbaka min röst
booth-withdrawing-note = Då räknas inget från dig, om du inte röstar igen innan röstningen stänger. Under din identifierare syns att du röstade och tog tillbaka rösten.
booth-withdraw-yes = Ta tillbaka
booth-return = Återlämna den oanvända rätten att rösta
booth-returning-note = Du hämtade rätten att rösta och har inte använt den. Lämnar du tillbaka den ser alla att ingen annan heller har använt den. Den kan inte rösta mer.
booth-return-yes = Återlämna

## Vad en kontroll visar
booth-checked-nothing = Kontrollerat just nu: inget står under din identifierare, och den här enheten har inte lämnat något.
booth-checked-as-saved = Kontrollerat just nu: precis det du lämnade från den här enheten är registrerat, och det räknas.
booth-checked-withdrawn = Kontrollerat just nu: att du tog tillbaka din röst är registrerat.
booth-checked-another = Kontrollerat just nu: det som är registrerat under din identifierare lämnades på en annan enhet. Var det du, så räknas det. Annars har någon din återställningskod: rösta igen, och säg till arrangören och valkommittén.
booth-checked-returned = Kontrollerat just nu: att du återlämnade rätten att rösta är registrerat.
booth-checked-missing = Kontrollerat just nu: din röst är inte registrerad. Skicka den igen; hjälper det inte, säg till arrangören.
booth-checked-promised = Kontrollerat just nu: den är inte registrerad än. Anslagstavlan har lovat att göra det senast { $deadline }.
booth-checked-contradicted = Kontrollerat just nu: anslagstavlan visar inte din röst, fast den har gett ett kvitto på den. Det kan bevisas: ladda ner kvittot, låt det som finns på enheten vara, och säg till arrangören och valkommittén.
booth-checked-too-late = Kontrollerat just nu: din röst är inte registrerad, och röstningen är stängd.
booth-checked-overdue = Anslagstavlan har inte hållit sitt löfte. Det kan bevisas med kvittot som du laddar ner här: säg till arrangören och valkommittén.

## Vad som gick fel
booth-failed = Det här gick inte
booth-safe = Det är tryggt att göra samma sak igen: inget räknas två gånger.
booth-repeat = Försök igen
booth-other-link = Använd en annan länk
booth-why-link = Länken kan inte läsas. Den har kortats av eller ändrats på vägen: öppna den från inbjudan igen, eller klistra in hela.
booth-why-link-needed = Inget från det här valet finns på den här enheten. Din personliga länk behövs.
booth-why-unanswered = En tjänst svarar inte, eller så saknar din enhet nät just nu.
booth-why-refused = En tjänst säger nej till det här.
booth-why-other-election = Din länk gäller ett annat val än det som hålls här. Använd den nyaste inbjudan, och säg till arrangören om det händer igen. Inget har lämnats.
booth-unknown = Det finns inget sådant val
booth-why-unknown-election = Det finns inget sådant val här. Jämför länken med din inbjudan.
booth-why-used = Din länk har redan använts, på en annan enhet eller i en annan webbläsare, eller så har den här webbläsaren raderat det den sparat. Fortsätt där, eller använd återställningskoden. Var det inte du, säg till arrangören och valkommittén.
booth-why-not-on-register = Din länk står inte längre i röstlängden. Fråga arrangören.
booth-why-replaced = Din länk har ersatts av en nyare. Använd den nyaste inbjudan du har.
booth-why-too-late = Det är för sent: rätten att rösta lämnas inte ut längre.
booth-why-closed = Röstningen är stängd. Inget kan lämnas längre.
booth-why-clock = Enhetens klocka går fel. Ställ den och försök igen.
booth-why-other-window = Ett annat fönster i den här webbläsaren arbetar med din valsedel. Stäng de andra och ladda om det här.
booth-why-pending = En valsedel med andra val kan redan vara på väg, och den är slutgiltig. Bara den kan skickas.
booth-why-displaced = En annan enhet med din återställningskod var först. Kontrollera vad som är registrerat, och rösta igen om det inte är vad du vill.
booth-why-final = I det här valet är en röst slutgiltig. Din gäller som du lämnade den.
booth-why-no-withdrawal = I det här valet kan en röst inte tas tillbaka.
booth-why-nothing-to-withdraw = Det finns ingen röst att ta tillbaka.
booth-why-limit = Du har röstat och tagit tillbaka så ofta som det här valet tillåter.
booth-why-spent = Rätten att rösta är använd och kan inte återlämnas.
booth-why-returned = Rätten att rösta är återlämnad och kan inte användas mer.
booth-why-not-closed = Det går först när röstningen har stängt.
booth-why-never-issued = Ingen rätt att rösta har lämnats ut för din länk: det finns inget att återlämna.
booth-why-not-recorded = Anslagstavlan visar varken det du lämnade eller något i dess ställe. Skicka det igen.
booth-why-evidence = En tjänst svarade med något som inte håller. Det som finns på den här enheten kan bevisa det: behåll det, och säg till arrangören och valkommittén.
booth-why-code = Återställningskoden stämmer inte. Jämför varje grupp med det du skrev upp.
booth-why-nothing-to-recover = Inget har lämnats med den här koden, så anslagstavlan har inget att ge tillbaka. Har du kvar din personliga länk, öppna den först.
booth-why-already-saved = Något från det här valet finns redan på den här enheten.
booth-why-saved = Det som den här webbläsaren har sparat av din röst kan inte läsas längre. Använd återställningskoden, eller fråga arrangören.
booth-why-program = Sidans program kan inte hämtas. Kontrollera nätet och ladda om sidan.
booth-why-other = Något annat gick fel.

## Mina val
mine-title = Mina val
mine-lead = Valen som den här enheten har röstat i. Listan finns bara i den här webbläsaren och skickas ingenstans.
mine-none = Här finns inget. Öppna den personliga länken i en inbjudan.
mine-running = Pågår
mine-past = Avslutade
mine-open = Min valsedel
mine-forget = Ta bort från den här enheten
mine-forget-warning = Det tar bort din identifierare, din röst och möjligheten att ändra den från den här enheten. Rösten tas inte bort ur valet. Bara en återställningskod ger det tillbaka.
mine-forget-yes = Ta bort
