# Nyckelförvaltarens sida, på svenska. Nycklar och platser som i en.ftl.

## Runt omkring
trustee-title = Förvalta valets nyckel
trustee-lead = Valsedlarna krypteras med en nyckel som ingen har ensam. Flera nyckelförvaltare skapar den tillsammans och öppnar valsedlarna tillsammans när röstningen är stängd.
trustee-footer = Allt räknas ut på den här enheten. Din del av nyckeln lämnar den bara i den fil som du sparar, skyddad av din lösenfras.
trustee-noscript = Den här sidan behöver JavaScript: din del av nyckeln skapas på den här enheten, och det gör ett program. Tillåt skript för sidan och ladda om den. Ingenting hämtas någon annanstans ifrån.
trustee-unknown = Det finns inget sådant val
trustee-unknown-note = Kontrollera adressen, eller be arrangören om länken igen.
trustee-way = Din del, steg för steg
trustee-way-key = Skapa din nyckel
trustee-way-ceremony = Skapa valets nyckel med de andra
trustee-way-agree = Godkänn valet
trustee-way-rehearse = Öva med den sparade filen
trustee-way-open = Öppna valsedlarna när röstningen är stängd
trustee-you = Du är { $name }, nyckelförvaltare i { $slug }.
trustee-again = Försök igen
trustee-passphrase = Lösenfras
trustee-file = Nyckelfil

## Vad som görs
trustee-says-look = Ser efter…
trustee-says-unlock = Öppnar din nyckel. Det tar några sekunder…
trustee-says-enrol = Skapar din nyckel. Det tar några sekunder…
trustee-says-restore = Öppnar nyckelfilen. Det tar några sekunder…
trustee-says-restart = Börjar om…
trustee-says-agree = Godkänner…
trustee-says-rehearse = Öppnar den sparade filen och övar. Det tar några sekunder…
trustee-says-verify = Läser och kontrollerar allt som är antecknat…
trustee-says-open = Godkänner och öppnar…
trustee-says-file = Gör filen klar…
trustee-says-forget = Tar bort nyckeln…
trustee-says-retry = En tjänst svarar inte. Försöker igen…
trustee-stage-entries = Kontrollerar varje post
trustee-stage-issuance = Kontrollerar rätten att rösta
trustee-stage-openings = Kontrollerar öppningar
trustee-stage-blobs = Kontrollerar bifogade filer
trustee-stage-opening = Öppnar valsedlar

## Innan det finns en nyckel
trustee-no-plan = Inte än
trustee-no-plan-note = Arrangören har inte bestämt vilka nyckelförvaltarna är. Behåll länken: kom tillbaka med den när arrangören säger till, eller låt sidan vara öppen, så fortsätter den av sig själv.
trustee-who = Vem är du?
trustee-who-note = Välj ditt eget namn. Den som tar någon annans avslöjas när nyckelförvaltarna jämför.
trustee-enrol = Skapa din nyckel
trustee-enrol-note = Nyckeln skapas på den här enheten och förvaras i den här webbläsaren, under en lösenfras som du väljer nu. Du behöver lösenfrasen igen tills valsedlarna är öppnade, kanske om flera veckor. Ingen kan ersätta den, och den skickas ingenstans.
trustee-passphrase-rule = Minst 10 tecken. Fem ord som ingen annan skulle välja är bra.
trustee-passphrase-again = Samma en gång till
trustee-passphrase-differs = Lösenfraserna är inte lika.
trustee-enrol-do = Skapa min nyckel
trustee-elsewhere = Din nyckel finns någon annanstans
trustee-elsewhere-note = Någon har redan anmält sig i ditt namn, men den här webbläsaren har inte nyckeln. Om det var du, fortsätt i den webbläsare eller det program där du började, eller öppna din nyckelfil här. Om det inte var du, säg till arrangören nu.
trustee-restore = Öppna en nyckelfil
trustee-restore-note = En fil som du har sparat på den här sidan eller som programmet urna trustee har skapat. Den förvaras sedan i den här webbläsaren. Använd bara ett exemplar: fortsätt inte med ett annat på något annat ställe.
trustee-restore-do = Öppna filen
trustee-locked = Öppna din nyckel
trustee-locked-note = Din nyckel förvaras i den här webbläsaren, under din lösenfras.
trustee-unlock-do = Öppna
trustee-forget = Ta bort nyckeln från den här webbläsaren
trustee-forget-note = För en enhet som inte är din. Utan nyckelfilen som du har sparat är din nyckel förlorad för alltid.
trustee-forget-do = Ta bort den
trustee-lock = Stäng min nyckel på den här sidan

## Nyckelceremonin
trustee-ceremony = Valets nyckel skapas
trustee-ceremony-note = Så länge sidan är öppen går det vidare av sig själv, så snart de andra har gjort detsamma. Du kan stänga den och komma tillbaka.
trustee-awaited = Väntar nu på: { $awaited }
trustee-people = Nyckelförvaltarna
trustee-people-note = Det krävs { $threshold } av { $count } för att öppna valsedlarna tillsammans. Färre kan det inte.
trustee-person = Nyckelförvaltare
trustee-done-so-far = Gjort hittills
trustee-is-nothing = Ingenting än
trustee-is-enrolled = Har anmält sig
trustee-is-round1 = Har skickat den första delen
trustee-is-round2 = Har skickat den andra delen
trustee-is-confirmed = Har sin del av nyckeln
trustee-is-agreed = Har godkänt valet
trustee-is-rehearsed = Har övat
trustee-is-counted = Har godkänt vad som öppnas
trustee-is-opened = Har öppnat valsedlar
trustee-is-you = du
trustee-hash = Jämför med de andra nyckelförvaltarna
trustee-hash-note = Ring varandra. Siffrorna och bokstäverna måste vara desamma för alla. Är de inte det har någon lagt sig i: sluta, och säg till arrangören.
trustee-problem-refused = Det som { $from } har skickat håller inte och togs inte emot. Ingenting är förlorat; säg till { $from } och arrangören.
trustee-problem-stranger = Någon annan har anmält sig i ditt namn. Säg till arrangören, som börjar ett nytt försök utan den anmälan.
trustee-problem-copy = Det finns en del i ditt namn som den här nyckeln inte har gjort. Används ett annat exemplar av din nyckelfil?
trustee-problem-failed = Ceremonin kan inte gå vidare på grund av det som { $from } har skickat. Säg till arrangören, som börjar ett nytt försök.
trustee-problem-nobody = Ceremonin kan inte gå vidare. Säg till arrangören, som börjar ett nytt försök.
trustee-restart = Ceremonin har börjat om
trustee-restart-note = Arrangören är vid försök { $attempt }, och din nyckel vid försök { $own }. Fråga arrangören om det stämmer. Om du följer med ersätts det som har gjorts i det här försöket; din anmälan står kvar.
trustee-restart-names = Dessa anmäler sig igen: { $names }. Fråga var och en om det stämmer.
trustee-restart-do = Följ med i det nya försöket
trustee-restart-behind = Ditt är senare: arrangören måste börja ett nytt försök.
trustee-prepared = Spara din nyckelfil
trustee-prepared-note = Du har din del av nyckeln. Spara den nu som en fil på två ställen, till exempel på datorn och på ett usb-minne i en låda. Du behöver filen för övningen, och om webbläsaren förlorar det den förvarar.
trustee-prepared-next = Sedan publicerar arrangören valet. Sidan går då vidare av sig själv.
trustee-save = Spara nyckelfilen
trustee-saved = Filen är på väg till dina nedladdningar. Kopiera den till ett ställe till.

## Godkännande
trustee-agree = Godkänn valet
trustee-agree-note = Valet är publicerat, och det här är vad det säger. Om det är vad som har tillkännagivits, godkänn det. Det kan inte tas tillbaka: din nyckel hör till det här valet från och med då.
trustee-organiser = Vem som håller det
trustee-contact = { $organiser }, { $contact }
trustee-time = Tid
trustee-not-before = Öppning
trustee-not-before-at = Inte före { $time }
trustee-issuers = Vem som ger rätten att rösta
trustee-contests = Vad man röstar om
trustee-election = Val-id från tillkännagivandet
trustee-election-why = 64 tecken. Kopiera dem från det tillkännagivande som du känner till, inte från den här sidan: så upptäcks ett annat val.
trustee-election-shown = Val-id för det val som visas här
trustee-agree-do = Jag godkänner
trustee-agreed = Du har godkänt
trustee-agreed-note = Ditt godkännande är offentligt antecknat. När alla nyckelförvaltare har godkänt går sidan vidare till övningen av sig själv.

## Övning
trustee-rehearse = Öva med den sparade filen
trustee-rehearse-note = Visa att du kan öppna valsedlar med filen som du har sparat. Välj den här, helst från stället där du förvarar den, och ange din lösenfras. Röstningen kan inte börja innan alla nyckelförvaltare har gjort det.
trustee-rehearse-do = Öva
trustee-voting = Bra. Nu är det väljarnas tur
trustee-voting-note = Behåll din nyckelfil och din lösenfras. Kom tillbaka till den här sidan när röstningen är stängd: då öppnas valsedlarna.
trustee-voting-rehearsals = Röstningen börjar när alla nyckelförvaltare har övat.

## Öppning
trustee-verify = Röstningen är stängd: kontrollera det som är antecknat
trustee-verify-note = Innan något öppnas läser din enhet allt som är offentligt antecknat och gör själv varje kontroll. Ingen behöver bli trodd.
trustee-verify-do = Kontrollera
trustee-verified = Allt stämmer
trustee-verified-note = Valsedlar som räknas: { $ballots }. Du godkänner att dessa och inga andra öppnas, en gång för alla.
trustee-small = Klassen { $class }, avgivna valsedlar: { $cast }. Det är så få att den som känner väljarna kanske kan skilja deras röster åt.
trustee-open-do = Godkänn och öppna
trustee-opening = Öppning
trustee-opening-note = Du har godkänt. Så snart tillräckligt många nyckelförvaltare har godkänt detsamma öppnas din del av sig själv, så länge sidan är öppen.
trustee-opening-count = Har godkänt detsamma: { $agreed } av { $needed } som krävs ({ $names })
trustee-opening-otherwise = Något annat har godkänts av { $others }. Två uppteckningar av ett val är bevis: låt sidan vara som den är, och ring de andra nyckelförvaltarna.
trustee-opened = Din del är öppnad
trustee-opened-note = Ingenting mer begärs av dig. När tillräckligt många nyckelförvaltare har öppnat sina delar publicerar arrangören resultatet.
trustee-over = Resultatet är publicerat
trustee-over-note = Ingenting mer begärs av dig. Behåll din nyckelfil tills resultatet inte längre kan överklagas; förstör sedan alla exemplar.
trustee-cancelled = Valet ställdes in
trustee-cancelled-note = Ingenting öppnas. Du kan förstöra din nyckelfil.
trustee-to-board = Valet på den offentliga anslagstavlan

## Varför något inte görs
trustee-why-unanswered = En tjänst svarar inte. Ingenting är förlorat: försök igen om en stund.
trustee-why-refused = En tjänst säger nej:
trustee-why-unknown = Det finns inget sådant val. Be arrangören om länken igen.
trustee-why-not-a-trustee = Länken är till någon som inte är nyckelförvaltare i det här valet. Be arrangören om din länk.
trustee-why-solo = I det här valet har en nyckelförvaltare hela nyckeln. Det görs med programmet urna trustee och dess alternativ --solo, inte på den här sidan.
trustee-why-passphrase = Lösenfrasen är fel, eller filen är skadad.
trustee-why-short = Lösenfrasen är för kort: den har minst 10 tecken.
trustee-why-memory = Den här enheten har för lite minne för att göra en nyckel av en lösenfras. Använd en annan.
trustee-why-key-file = Det här är ingen nyckelfil, eller så är den skadad:
trustee-why-other-file = Det här är en annan nyckelförvaltares nyckelfil, eller ett annat vals.
trustee-why-kept = Den här webbläsaren har redan en nyckel som är din i det här valet. Ladda om sidan för att öppna den.
trustee-why-other-window = Din nyckel är öppen i ett annat fönster i den här webbläsaren. Fortsätt där, eller stäng det och försök igen här.
trustee-why-storage = Den här webbläsaren kan inte förvara din nyckel, så ingenting skickades. Lämna privat läge, frigör utrymme, eller använd en annan webbläsare.
trustee-why-no-receipt = Anslagstavlans svar är inte undertecknat som ett kvitto i det här valet. Fortsätt inte innan någon har tittat på det: säg till arrangören.
trustee-why-bound = Din nyckel hör till ett annat val för alltid:
trustee-why-other-election = Det här är inte det tillkännagivna valet: dess id är ett annat än du angav. Om du kopierade hela, godkänn inte, och säg till de andra nyckelförvaltarna.
trustee-why-other-plan = Det publicerade valet är ett annat än det som din nyckel skapades för. Godkänn inte, och säg till de andra nyckelförvaltarna.
trustee-why-other-keys = Nycklarna i det publicerade valet är inte de som ni nyckelförvaltare har skapat. Godkänn inte, och säg till de andra nyckelförvaltarna.
trustee-why-not-an-election = Ett val-id har 64 tecken, 0 till 9 och a till f.
trustee-why-backup-early = Den här filen sparades innan du hade din del av nyckeln. Spara den igen, och använd den nya.
trustee-why-other-backup = I den här filen finns en annan nyckel än den som är öppen. Spara den igen, och använd den nya.
trustee-why-record = Det som är antecknat kan inte läsas helt, så ingenting godkändes och ingenting öppnades:
trustee-why-not-verified = Det som är antecknat håller inte, så ingenting godkändes och ingenting öppnades. Säg till de andra nyckelförvaltarna och arrangören:
trustee-why-not-closed = Röstningen är inte stängd än, eller så har inte alla redovisat vilka rätter att rösta som har getts. Ingenting öppnades.
trustee-why-too-early = Enligt den här enhetens klocka får ingenting öppnas än. Det går vidare från och med { $time }.
trustee-why-agreed-otherwise = Du har redan godkänt att något annat öppnas i det här valet. Två uppteckningar av ett val är bevis: öppna ingenting, och ring de andra nyckelförvaltarna.
trustee-why-stranger = Det finns något antecknat i ditt namn som den här nyckeln inte har gjort. Används ett annat exemplar av din nyckelfil? Ingenting gjordes.
trustee-why-locked = Din nyckel är inte öppen på den här sidan. Öppna den igen.
trustee-why-program = Programmet på den här sidan kan inte laddas eller har stannat. Ladda om sidan:
trustee-why-other = Något gick fel:
