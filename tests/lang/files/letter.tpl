Dear ${name},
%{ for x in items ~}
- ${x}
%{ endfor ~}
Bye
